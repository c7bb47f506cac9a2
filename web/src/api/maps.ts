import { queryOptions } from '@tanstack/react-query';
import type { MapSettings } from '../state/map';
import { answer, client } from './client';
import { ApiError, sentence } from './problem';
import type { Settings } from './queries';
import type { operations } from './schema';
import type { Job, MapState } from './types';

/** Which vectors are mapped, and how. */
export interface MapRequest {
  settings: Settings;
  map: Pick<MapSettings, 'method' | 'neighbours' | 'minDist' | 'seed'>;
  aligned: boolean;
}

type MapParameters = NonNullable<operations['get-map']['parameters']['query']>;

function parametersOf({ settings: { dataset, model, layer, metric, p, pool, transform }, map, aligned }: MapRequest): MapParameters {
  const parameters = {
    dataset, model, metric, pool, transform, aligned,
    method: map.method, neighbours: map.neighbours, min_dist: map.minDist, seed: map.seed,
    ...(layer === null ? {} : { layer }),
    ...(metric === 'minkowski' ? { p } : {}),
  };
  // The names come from the URL and may be unknown: it is the server that says so.
  return parameters as MapParameters;
}

/** What of a request tells its map from others. */
export function mapKey(request: MapRequest): string {
  return JSON.stringify(parametersOf(request));
}

/** Asks for a map: one that is kept comes at once, else the job that makes it. */
export function startMap(request: MapRequest, signal?: AbortSignal): Promise<MapState> {
  return answer(
    client.POST('/api/v1/map', {
      params: { query: { ...parametersOf(request), watched: true } },
      ...(signal ? { signal } : {}),
    }),
  );
}

/** Where an uploaded picture belongs on a map that is kept. */
export function placeQuery(request: MapRequest, picture: string) {
  return queryOptions({
    queryKey: ['place', mapKey(request), picture],
    queryFn: ({ signal }) => answer(
      client.GET('/api/v1/map/place', { params: { query: { ...parametersOf(request), picture } }, signal }),
    ),
    staleTime: Infinity,
  });
}

/** Why a map could not be made. */
export function mapFailure({ error }: Job): ApiError {
  return new ApiError({
    status: 422,
    code: error?.code ?? 'unknown',
    title: 'The map could not be made',
    detail: sentence(error?.detail ?? 'the server did not say why'),
    hint: sentence(error?.hint ?? ''),
  });
}
