import { describe, expect, it } from 'vitest';
import type { CompareRow, ModelSummary } from '../../../api/types';
import { bestOf, chartsOf, merged } from './charts';

function row(model: string, layer: string, score?: number): CompareRow {
  return { model, layer, results: [], ...(score === undefined ? {} : { score, same_class: 1 }) };
}

function model(name: string, weights: ModelSummary['weights'], ...layers: string[]): ModelSummary {
  return {
    name, title: name, family: '', parameters: 1, layer_count: 9, classes: 0, input: [1, 1, 3], licence: '', weights,
    pullable: false, search_layers: layers, default_layer: layers.at(-1) ?? '',
  };
}

describe('the layers of a chart', () => {
  it.each<[string[], string[], string[]]>([
    [['a', 'b', 'c'], [], ['a', 'b', 'c']],
    [['a', 'b', 'c'], ['a', 'b', 'c'], ['a', 'b', 'c']],
    [['a', 'b', 'c'], ['b'], ['a', 'b', 'c']],
    [['a', 'b', 'c'], ['a', 'x', 'c', 'y'], ['a', 'x', 'b', 'c', 'y']],
    [['a', 'b'], ['x', 'y'], ['x', 'y', 'a', 'b']],
    [[], ['x'], ['x']],
  ])('of %j and %j are %j', (search, compared, layers) => {
    expect(merged(search, compared)).toEqual(layers);
  });

  it('are of the models that are here, with what is known of each', () => {
    const models = [model('m', 'embedded', 'a', 'b'), model('n', 'installed', 'a'), model('o', 'missing', 'a')];
    const charts = chartsOf(models, [row('m', 'b', 50), row('m', 'x', 50), row('n', 'a', 20)], { model: 'm', layer: 'b' });
    expect(charts.map((chart) => chart.model.name)).toEqual(['m', 'n']);
    expect(charts[0]?.slots).toMatchObject([
      { layer: 'a', depth: 1, row: undefined, best: false, current: false },
      { layer: 'b', depth: 2, row: { score: 50 }, best: true, current: true },
      { layer: 'x', depth: null, row: { score: 50 }, best: true, current: false },
    ]);
    expect(charts[1]?.slots).toMatchObject([{ layer: 'a', best: false, current: false }]);
  });
});

describe('the best layers', () => {
  it('are all that tie, whatever rounding did to them', () => {
    const rows = [row('m', 'a', 100 / 3), row('m', 'b', 10), row('n', 'a', 33.333333333333336), row('n', 'b')];
    expect(bestOf(rows).map(({ model, layer }) => model + layer)).toEqual(['ma', 'na']);
  });

  it('are none where nothing right was found, or nothing is there', () => {
    expect(bestOf([row('m', 'a', 0), row('m', 'b', 0)])).toEqual([]);
    expect(bestOf([row('m', 'a')])).toEqual([]);
    expect(bestOf([])).toEqual([]);
  });
});
