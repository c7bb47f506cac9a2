import { useQueries, useQueryClient, type QueryState } from '@tanstack/react-query';
import { scoresKey, scoresQuery, type SharedSettings } from '../../../api/compare';
import type { Told } from '../../../api/rows';
import type { MissingLayers, ScoresResult, ScoresRow } from '../../../api/types';
import type { TableRow } from './table';

type Scores = Told<ScoresRow, ScoresResult>;

export interface ScoresState {
  /** Of the first distance, as the server told them. */
  first: readonly ScoresRow[];
  /** Of all distances, in their order. */
  rows: TableRow[];
  /** For each distance that is finished, the answer whole. */
  answers: ScoresResult[];
  /** What the first distance is without; undefined while that is not known. */
  missing: MissingLayers[] | undefined;
  progress: Scores['progress'];
  running: boolean;
  ended: boolean;
  error: Error | null;
  cancel: () => void;
  again: () => void;
}

/** The scores by several distances, computed one after another as they keep all of the machine busy. */
export function useScores(settings: SharedSettings, metrics: readonly string[], version: string): ScoresState {
  const cache = useQueryClient();
  const queries = metrics.map((metric) => scoresQuery({ ...settings, metric }, version));
  const results = useQueries({
    queries: queries.map((query, i) => ({
      ...query,
      enabled: queries.slice(0, i).every(({ queryKey }) => hasEnded(cache.getQueryState(queryKey))),
    })),
  });
  const all = results.map(({ data }) => data);
  const ended = all.every((told) => told?.end);
  return {
    first: all[0]?.rows ?? [],
    rows: metrics.flatMap((metric, i) => {
      const p = metric === 'minkowski' ? settings.p : undefined;
      return all[i]?.rows.map((row): TableRow => ({ ...row, metric, p })) ?? [];
    }),
    answers: all.flatMap((told) => (told?.end ? [{ ...told.end, rows: [...told.rows] }] : [])),
    missing: all[0]?.end?.missing,
    progress: all.find((told) => told?.progress)?.progress ?? null,
    running: results.some(({ isFetching }) => isFetching),
    ended,
    error: results.find(({ error }) => error)?.error ?? null,
    cancel: () => void cache.cancelQueries({ queryKey: scoresKey }),
    again: () => {
      if (ended) void cache.invalidateQueries({ queryKey: scoresKey });
      else void results.find(({ data }) => !data?.end)?.refetch();
    },
  };
}

function hasEnded(state: QueryState<Scores> | undefined): boolean {
  return state?.fetchStatus === 'idle' && state.data?.end !== null && state.data?.end !== undefined;
}
