import type { SearchResult } from '../../api/types';

/** What was found as a table, with its names. */
export function resultsTable({ results }: SearchResult): (string | number)[][] {
  return [
    ['rank', 'index', 'file', 'class', 'distance', 'similarity'],
    ...results.map((r) => [r.rank, r.index, r.file, r.class, r.distance, r.similarity]),
  ];
}

/** What was found as convnet search --json prints it. */
export function resultsJSON(result: SearchResult): string {
  return JSON.stringify({ ...result, elapsed_ms: undefined }, null, 2);
}

/** What the file is called, by what was searched for and how. */
export function resultsName({ dataset, model, layer, metric, query }: SearchResult): string {
  return [dataset, query.index ?? query.picture ?? 'picture', model, layer, metric].join('-');
}
