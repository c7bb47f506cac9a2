import { queryOptions, type QueryKey } from '@tanstack/react-query';
import { serverEvents, type ServerEvent } from './events';
import { ApiError, brokenOff, readProblem } from './problem';
import type { ModelLayer } from './types';

/** What a comparison that comes row by row has told so far. */
export interface Told<Row, End> {
  /** A row for each layer; while it is asked again, the rows of before stay until they are replaced. */
  rows: readonly Row[];
  /** What came last; null while rows may still come. */
  end: End | null;
  /** How far it is, where that is told. */
  progress: { done: number; total: number } | null;
}

type Body = ReadableStream<Uint8Array> | null;

const fresh = 60_000;

/**
 * A comparison whose rows are there as soon as the server has told them. It is
 * cancelled with the query; what was told stays.
 */
export function rowsQuery<Row extends ModelLayer, End>(
  queryKey: QueryKey,
  open: (signal: AbortSignal) => Promise<Body>,
) {
  return queryOptions({
    queryKey,
    queryFn: async ({ client, signal }): Promise<Told<Row, End>> => {
      const before = client.getQueryData<Told<Row, End>>(queryKey)?.rows ?? [];
      const rows: Row[] = [];
      let progress: Told<Row, End>['progress'] = null;
      let end: End | null = null;
      for await (const { name, data } of heard(await open(signal))) {
        if (name === 'done') {
          // Nothing follows but the end of the stream: read to it, the connection can serve others.
          end = JSON.parse(data) as End;
          continue;
        }
        if (name === 'failed') {
          const problem = JSON.parse(data) as { status?: number };
          throw readProblem(problem.status ?? 500, problem);
        }
        if (name === 'progress') progress = JSON.parse(data) as { done: number; total: number };
        else rows.push(JSON.parse(data) as Row);
        client.setQueryData<Told<Row, End>>(queryKey, { rows: replaced(before, rows), end: null, progress });
      }
      if (end === null) throw brokenOff();
      return { rows, end, progress: null };
    },
    retry: false,
    structuralSharing: false,
    // What was broken off is asked again when it is looked at again.
    staleTime: ({ state }) => (state.data?.end ? fresh : 0),
  });
}

/** Rows with newer ones in the places of those of the same layer, and after them. */
export function replaced<Row extends ModelLayer>(rows: readonly Row[], newer: readonly Row[]): Row[] {
  const byLayer = new Map(rows.map((row) => [layerKey(row), row]));
  for (const row of newer) byLayer.set(layerKey(row), row);
  return [...byLayer.values()];
}

/** A text that stands for a layer of a model. */
export function layerKey({ model, layer }: ModelLayer): string {
  return `${model} ${layer}`;
}

async function* heard(body: Body): AsyncGenerator<ServerEvent, void, undefined> {
  if (body === null) throw brokenOff();
  try {
    yield* serverEvents(body);
  } catch (error) {
    if (error instanceof ApiError || (error instanceof DOMException && error.name === 'AbortError')) throw error;
    throw brokenOff();
  }
}
