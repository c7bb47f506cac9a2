import { describe, expect, it } from 'vitest';
import { csv } from '../../../lib/csv';
import { greatest, isGreatest, scoresTable, sorted, type TableRow } from './table';

function row(model: string, layer: string, score: number, change: Partial<TableRow> = {}): TableRow {
  return {
    model, layer, metric: 'cosine', p: undefined, queries: 4, weighted_score: score, precision_at_1: 0.5, precision_at_15: 0.25,
    mean_average_precision: 0.125, ndcg: 0.75, interval: { low: score - 1, high: score + 1 }, scores: [], ...change,
  };
}

const rows = [row('m2', 'stem', 30), row('m2', 'add', 70), row('m10', 'x', 70), row('m2', 'stem', 50, { metric: 'euclidean' })];
const named = (list: TableRow[]) => list.map(({ model, layer, weighted_score: score }) => `${model} ${layer} ${score}`);

describe('the table of scores', () => {
  it('is sorted by numbers, equal ones as they came', () => {
    expect(named(sorted(rows, { key: 'weighted_score', descending: true }))).toEqual(['m2 add 70', 'm10 x 70', 'm2 stem 50', 'm2 stem 30']);
    expect(named(sorted(rows, { key: 'weighted_score', descending: false }))).toEqual(['m2 stem 30', 'm2 stem 50', 'm2 add 70', 'm10 x 70']);
  });

  it('is sorted by names as people count, and by layers as they lie', () => {
    expect(named(sorted(rows, { key: 'model', descending: false }))).toEqual(['m2 stem 30', 'm2 add 70', 'm2 stem 50', 'm10 x 70']);
    expect(sorted(rows, { key: 'layer', descending: false })).toEqual(rows);
    expect(sorted(rows, { key: 'layer', descending: true })).toEqual([...rows].reverse());
  });

  it('knows the best of each column, none where nothing was found', () => {
    const most = greatest(rows);
    expect(most.weighted_score).toBe(70);
    expect(isGreatest(70 - 1e-12, most.weighted_score)).toBe(true);
    expect(isGreatest(69.9, most.weighted_score)).toBe(false);
    expect(isGreatest(0, greatest([row('m', 'l', 0)]).weighted_score)).toBe(false);
    expect(greatest([]).ndcg).toBe(0);
  });

  it('is the CSV of the command line, with the distance where there are several', () => {
    const alone = row('m', 'l', 40, { queries: 1 });
    delete alone.interval;
    expect(csv(scoresTable([row('m', 'l', 70), alone]))).toBe([
      'model,layer,queries,weighted_score,interval_low,interval_high,precision_at_1,precision_at_15,mean_average_precision,ndcg',
      'm,l,4,70,69,71,0.5,0.25,0.125,0.75',
      'm,l,1,40,,,0.5,0.25,0.125,0.75',
      '',
    ].join('\r\n'));
    const several = csv(scoresTable([row('m', 'l', 70), row('m', 'l', 60, { metric: 'minkowski', p: 1.5 })])).split('\r\n');
    expect(several[0]).toMatch(/^metric,p,model,layer,/);
    expect(several.slice(1, 3).map((line) => line.slice(0, 18))).toEqual(['cosine,,m,l,4,70,6', 'minkowski,1.5,m,l,']);
    expect(scoresTable([])).toHaveLength(1);
  });
});
