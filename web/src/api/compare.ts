import type { Query } from '../state/view';
import { answer, client } from './client';
import { top, type Settings } from './queries';
import { rowsQuery } from './rows';
import type { operations } from './schema';
import type { CompareResult, CompareRow, ScoresResult, ScoresRow } from './types';

/** How vectors are compared, whatever layer they are of. */
export type SharedSettings = Pick<Settings, 'dataset' | 'metric' | 'p' | 'pool' | 'transform'>;

type Parameters = NonNullable<operations['follow-compare']['parameters']['query']>;

/** What every indexed layer finds for a picture; version is the dataset's. */
export function compareQuery(settings: SharedSettings, version: string, query: Query) {
  const asked = { ...parameters(settings), ...(query.kind === 'image' ? { query: query.index } : { picture: query.id }) };
  return rowsQuery<CompareRow, CompareResult>(['compare', version, asked], (signal) => answer(
    client.GET('/api/v1/compare/events', { params: { query: asked }, parseAs: 'stream', signal }),
  ));
}

/** How good every indexed layer is with each picture that has a class as the query; version is the dataset's. */
export function scoresQuery(settings: SharedSettings, version: string) {
  const asked = parameters(settings);
  return rowsQuery<ScoresRow, ScoresResult>([...scoresKey, version, asked], (signal) => answer(
    client.GET('/api/v1/compare/scores/events', { params: { query: asked }, parseAs: 'stream', signal }),
  ));
}

/** What the keys of all whole-set scores begin with. */
export const scoresKey = ['scores'];

/** The names come from the URL and may be unknown: it is the server that says so. */
function parameters({ dataset, metric, p, pool, transform }: SharedSettings): Parameters {
  return { dataset, metric, pool, transform, top, ...(metric === 'minkowski' ? { p } : {}) } as Parameters;
}
