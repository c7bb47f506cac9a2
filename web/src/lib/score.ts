/** The share of each position in the score, in percent: the first counts most, the last least. */
export function positionWeights(results: number): number[] {
  const sum = (results * (results + 1)) / 2;
  return Array.from({ length: results }, (_, i) => ((results - i) / sum) * 100);
}

/** The classes among the results, most frequent first, for a query without a class of its own. */
export function classCounts(results: readonly { class: string }[]): { class: string; results: number }[] {
  const counts = new Map<string, number>();
  for (const result of results) counts.set(result.class, (counts.get(result.class) ?? 0) + 1);
  return [...counts]
    .map(([name, results]) => ({ class: name, results }))
    .sort((a, b) => b.results - a.results);
}

/** The sentences behind the score, for a query of the given class. */
export function explainScore(sameClass: number, results: number, queryClass: string): string[] {
  const [first = 0] = positionWeights(results);
  return [
    'The share of the results that are in the same category as the query, weighted by position.',
    `Here ${sameClass} of ${results} are in “${queryClass}”. The first result counts most (${first.toFixed(1)} of 100 points), each one after it a step less.`,
    'The score is conservative: pictures of other categories can be alike too, and count nothing.',
  ];
}
