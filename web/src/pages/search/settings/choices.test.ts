import { describe, expect, it } from 'vitest';
import type { ModelSummary } from '../../../api/types';
import { defaults } from '../../../state/view';
import { installedFirst, toDataset, toLayer, toModel } from './choices';

function model(name: string, layers: string[], weights: ModelSummary['weights'] = 'installed'): ModelSummary {
  return {
    name, title: name, family: '', parameters: 1, layer_count: 9, classes: 0, input: [8, 8, 3], licence: '', pullable: false,
    weights, search_layers: layers, default_layer: layers.at(-1) ?? '',
  };
}

const small = model('small', ['stem', 'middle', 'top']);
const large = model('large', ['conv1', 'conv2', 'conv3']);

describe('a change of the settings', () => {
  it('to another dataset forgets a picture of the one before, and keeps one of the user', () => {
    expect(toDataset({ ...defaults, query: { kind: 'image', index: 3 } }, 'mine')).toEqual({ dataset: 'mine', query: null, map: defaults.map, scores: defaults.scores });
    const own = { kind: 'picture', id: '0f3a' } as const;
    expect(toDataset({ ...defaults, query: own }, 'mine')).toEqual({ dataset: 'mine', query: own, map: defaults.map, scores: defaults.scores });
  });

  it.each([
    ['middle', 'conv2'],
    [null, null],
    ['elsewhere', null],
  ])('to another model keeps the depth: %s becomes %s', (layer, next) => {
    const view = { ...defaults, model: 'small', layer };
    expect(toModel(view, 'large', [small, large])).toEqual({ model: 'large', layer: next });
  });

  it('to the default layer leaves it unsaid', () => {
    expect(toLayer('top', small)).toEqual({ layer: null });
    expect(toLayer('stem', small)).toEqual({ layer: 'stem' });
  });
});

it('models that can search at once come first, in their order', () => {
  const all = [model('a', [], 'missing'), model('b', [], 'embedded'), model('c', [], 'damaged'), model('d', [])];
  expect(installedFirst(all).map(({ name }) => name)).toEqual(['b', 'd', 'a', 'c']);
});
