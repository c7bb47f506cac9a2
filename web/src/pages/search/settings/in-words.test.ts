import { describe, expect, it } from 'vitest';
import type { ModelSummary } from '../../../api/types';
import { defaults, type View } from '../../../state/view';
import { inWords, type Offers } from './in-words';

const model: ModelSummary = {
  name: 'small', title: 'SmallNet', family: '', parameters: 1, layer_count: 9, classes: 0, input: [8, 8, 3], licence: '', pullable: false,
  weights: 'installed', search_layers: ['stem', 'middle', 'top'], default_layer: 'top',
};
const choice = (name: string, title: string) => ({ name, title, description: '' });
const offers: Offers = {
  metrics: [choice('cosine', 'Cosine'), choice('minkowski', 'Minkowski')],
  poolings: [choice('max', 'Maximum')],
  transforms: [choice('none', 'None')],
};

function sentence(change: Partial<View>, known = true): string {
  const pieces = inWords({ ...defaults, model: 'small', ...change }, known ? model : undefined, known ? offers : undefined);
  return pieces.map((piece) => (typeof piece === 'string' ? piece : piece.strong)).join('');
}

describe('what is searched with, in words', () => {
  it.each<[Partial<View>, string]>([
    [{}, 'Compared by what SmallNet sees in its last layer (top)'],
    [{ layer: 'middle' }, 'Compared by what SmallNet sees in its layer 2 of 3 (middle)'],
    [{ layer: 'odd' }, 'Compared by what SmallNet sees in its layer odd'],
    [{ metric: 'minkowski', p: 1.5 }, 'Compared by what SmallNet sees in its last layer (top); distance: Minkowski with p = 1.5'],
    [{ pool: 'max', transform: 'none' }, 'Compared by what SmallNet sees in its last layer (top); pooling: Maximum; transform: None'],
  ])('%o', (change, words) => {
    expect(sentence(change)).toBe(words);
  });

  it('uses the names of the address while nothing is known', () => {
    expect(sentence({ metric: 'cosin' }, false)).toBe('Compared by what small sees; distance: cosin');
  });
});
