import type { ScoresRow } from '../../../api/types';

/** A row of the table: a layer of a model by a distance. */
export interface TableRow extends ScoresRow {
  metric: string;
  /** Power of minkowski; undefined for other metrics. */
  p: number | undefined;
}

export type Measure = 'weighted_score' | 'precision_at_1' | 'precision_at_15' | 'mean_average_precision' | 'ndcg';

export type ColumnKey = 'model' | 'layer' | 'metric' | Measure;

export interface Column {
  key: ColumnKey;
  title: string;
  /** What it says, for who does not know. */
  about?: string;
}

export const measures: readonly (Column & { key: Measure })[] = [
  { key: 'weighted_score', title: 'Score', about: 'Mean of the weighted search scores of all queries, in percent' },
  { key: 'precision_at_1', title: 'P@1', about: 'Share of queries whose first result is of their category' },
  { key: 'precision_at_15', title: 'P@15', about: 'Mean share of the first 15 results that are of the query’s category' },
  { key: 'mean_average_precision', title: 'mAP', about: 'Mean, over queries, of the precision at each picture of their category' },
  { key: 'ndcg', title: 'nDCG', about: 'How early the pictures of the category come, against the best possible order' },
];

export const columns: readonly Column[] = [
  { key: 'model', title: 'Model' },
  { key: 'layer', title: 'Layer' },
  { key: 'metric', title: 'Distance' },
  ...measures,
];

export interface Order {
  key: ColumnKey;
  descending: boolean;
}

const names = new Intl.Collator('en', { numeric: true });

/**
 * Rows in an order; those that are equal stay as they come, which is from input
 * to output. So do the layers of a model, whose names say nothing of their depth.
 */
export function sorted(rows: readonly TableRow[], { key, descending }: Order): TableRow[] {
  const places = new Map(rows.map((row, i) => [row, i]));
  const compare = (a: TableRow, b: TableRow): number => {
    if (key === 'layer') return (places.get(a) ?? 0) - (places.get(b) ?? 0);
    const [x, y] = [a[key], b[key]];
    return typeof x === 'number' && typeof y === 'number' ? x - y : names.compare(String(x), String(y));
  };
  return [...rows].sort((a, b) => (descending ? compare(b, a) : compare(a, b)));
}

// Means of the same numbers differ by rounding alone.
const same = 1e-9;

/** The greatest value of each measure; 0 where nothing was ever found. */
export function greatest(rows: readonly ScoresRow[]): Record<Measure, number> {
  return Object.fromEntries(measures.map(({ key }) => [key, Math.max(0, ...rows.map((row) => row[key]))])) as Record<Measure, number>;
}

/** Whether a value is the greatest of its column, which is not 0. */
export function isGreatest(value: number, most: number): boolean {
  return most > same && value >= most - same;
}

/**
 * The table as rows of a CSV file: the columns that "convnet compare --csv"
 * writes, and the distance before them where there are several.
 */
export function scoresTable(rows: readonly TableRow[]): (string | number | undefined)[][] {
  const several = rows.some(({ metric, p }) => metric !== rows[0]?.metric || p !== rows[0].p);
  const distance = (...cells: (string | number | undefined)[]) => (several ? cells : []);
  return [
    [
      ...distance('metric', 'p'), 'model', 'layer', 'queries', 'weighted_score', 'interval_low', 'interval_high',
      'precision_at_1', 'precision_at_15', 'mean_average_precision', 'ndcg',
    ],
    ...rows.map((row) => [
      ...distance(row.metric, row.p), row.model, row.layer, row.queries, row.weighted_score, row.interval?.low, row.interval?.high,
      row.precision_at_1, row.precision_at_15, row.mean_average_precision, row.ndcg,
    ]),
  ];
}
