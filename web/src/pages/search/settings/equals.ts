/** Which other metric a metric ranks like, as a sentence; empty where there is none. */
export function equals(metric: string, p: number): string {
  if (metric === 'euclidean') return 'Squared Euclidean, and Minkowski with p = 2, find the same pictures in the same order.';
  if (metric === 'sqeuclidean') return 'Minkowski with p = 2 too finds the same pictures in the same order.';
  if (metric === 'minkowski' && p === 1) return 'With p = 1 this is the Manhattan distance.';
  if (metric === 'minkowski' && p === 2) return 'With p = 2 this is the Euclidean distance, and ranks as its square does.';
  return '';
}
