import { mapFailure, mapKey, startMap, type MapRequest } from '../../../api/maps';
import { asApiError } from '../../../api/problem';
import { isBusy } from '../../../api/renderings';
import type { FinishedMap, MapView } from '../../../api/types';
import * as live from '../../../api/use-live';

/** How far a map is. */
export type Progress = live.Progress<FinishedMap, MapView>;

export type Live = live.Live<FinishedMap, MapView>;

/** Has a map made and follows how it settles. */
export function useMap(request: MapRequest): Live {
  return live.useLive({
    key: ['map', mapKey(request)],
    ask: async (signal) => {
      const { map, job } = await startMap(request, signal);
      return { result: map, job };
    },
    viewOf: ({ map }) => map,
    failureOf: mapFailure,
    // What is there already waits for a server that is gone, however long.
    retry: (failures, reason, shown) => (isUnreachable(reason) ? shown || failures < 2 : isBusy(reason) && failures < 60),
  });
}

function isUnreachable(reason: unknown): boolean {
  return asApiError(reason).code === 'unreachable';
}
