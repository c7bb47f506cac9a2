const absolute = new Set(['cosine', 'correlation']);

/**
 * The filled share of each result's bar, 0 … 1. Cosine and correlation have a
 * fixed scale, so their similarity is the share; the other metrics have none,
 * so their bars are relative to the nearest result.
 */
export function barShares(metric: string, similarities: readonly number[]): number[] {
  const best = absolute.has(metric) ? 1 : Math.max(...similarities, 0);
  return similarities.map((similarity) => (best > 0 ? clamp(similarity / best) : 0));
}

function clamp(share: number): number {
  return Number.isFinite(share) ? Math.min(Math.max(share, 0), 1) : 0;
}
