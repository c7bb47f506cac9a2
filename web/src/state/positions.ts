/** Classes by their position in the set's list, -1 for pictures without one, as a word of the URL: c.0.3.5; c alone stands for none. */
export function writePositions(positions: readonly number[]): string {
  return ['c', ...positions].join('.');
}

/** Reads what writePositions writes, ascending and each once; null for anything else. */
export function parsePositions(word: string): number[] | null {
  if (!/^c(\.(-1|\d{1,6}))*$/.test(word)) return null;
  return [...new Set(word.split('.').slice(1).map(Number))].sort((a, b) => a - b);
}
