import { describe, expect, it } from 'vitest';
import type { CompareRow, ModelSummary } from '../../../api/types';
import { bestSentence, layerTitle } from './words';

const models = ['Small', 'Large'].map((title): ModelSummary => ({
  name: title.toLowerCase(), title, family: '', parameters: 1, layer_count: 9, classes: 0, input: [1, 1, 3], licence: '',
  weights: 'embedded', pullable: false, search_layers: ['a', 'b', 'c'], default_layer: 'c',
}));

function row(model: string, layer: string, score: number): CompareRow {
  return { model, layer, score, same_class: 1, results: [] };
}

describe('the best layers in words', () => {
  it.each<[CompareRow[], string]>([
    [[], ''],
    [[{ model: 'small', layer: 'a', results: [1] }], ''],
    [[row('small', 'a', 0)], 'No layer found a picture of this category.'],
    [[row('small', 'a', 10), row('large', 'b', 93.26)], 'Large, layer 2 (b) found most: 93.3 %.'],
    [
      [row('small', 'a', 50), row('small', 'b', 50), row('small', 'x', 50), row('large', 'c', 50)],
      '4 layers tie at 50.0 %: Small layers 1, 2 and x; Large layer 3.',
    ],
  ])('of %j', (rows, sentence) => {
    expect(bestSentence(models, rows)).toBe(sentence);
  });

  it('name layers and models that the page does not know as they are', () => {
    expect(layerTitle(models, { model: 'other', layer: 'a' })).toBe('other, a');
    expect(layerTitle(models, { model: 'small', layer: 'x' })).toBe('Small, x');
  });
});
