/** "1st", "2nd", "3rd", "11th". */
export function ordinal(n: number): string {
  const tens = n % 100;
  if (tens >= 11 && tens <= 13) return `${n}th`;
  return `${n}${['th', 'st', 'nd', 'rd'][n % 10] ?? 'th'}`;
}

interface Ranked {
  rank: number;
  index: number;
}

/** A picture that both searches found, with its rank in each. */
export interface Link {
  index: number;
  first: number;
  second: number;
}

/** The pictures that both searches found, in the order of the first. */
export function linksOf(first: readonly Ranked[], second: readonly Ranked[]): Link[] {
  const ranks = new Map(second.map(({ index, rank }) => [index, rank]));
  return first.flatMap(({ index, rank }) => {
    const other = ranks.get(index);
    return other === undefined ? [] : { index, first: rank, second: other };
  });
}

/** How much two searches agree, as a sentence. */
export function agreement(common: number, first: number, second: number): string {
  if (first === 0 && second === 0) return 'Neither search found anything.';
  if (common === first && common === second) return `Both searches found the same ${first === 1 ? 'picture' : `${first} pictures`}.`;
  if (common === 0) return 'No picture was found by both searches.';
  const alone = (n: number, which: string) => `${n} only by the ${which}`;
  return `${common} of ${Math.max(first, second)} pictures were found by both searches, ${alone(first - common, 'first')} and ${alone(second - common, 'second')}.`;
}
