import { describe, expect, it } from 'vitest';
import type { Layer } from '../../api/types';
import { allChannels, firstLayer, sameDepth, selectedChannels, shownLayers } from './layers';

describe('the selected channels', () => {
  // Counts of the original's table.
  it.each([
    [1, 1, 1], [16, 1, 16], [30, 1, 30], [59, 1, 59], [60, 2, 30], [64, 2, 32], [96, 3, 32], [144, 4, 36], [728, 24, 31], [1280, 42, 31], [2048, 68, 31],
  ])('of %d: every %d., %d in all', (n, step, count) => {
    const channels = selectedChannels(n);
    expect(channels).toHaveLength(count);
    expect(channels.slice(0, 2)).toEqual([0, step].slice(0, count));
    expect(channels.at(-1)).toBeLessThan(n);
  });

  it('of none are none', () => {
    expect(selectedChannels(0)).toEqual([]);
    expect(allChannels(0)).toEqual([]);
  });
});

const layer = (index: number, name: string, type: string, search = false): Layer =>
  ({ index, name, type, search, inputs: [], shape: [7, 7, 8], parameters: 0, parameters_cumulative: 0 });

const layers = [
  layer(0, 'input', 'InputLayer'), layer(1, 'conv1', 'Conv2D', true), layer(2, 'bn1', 'BatchNormalization'),
  layer(3, 'dw', 'DepthwiseConv2D'), layer(4, 'sep', 'SeparableConv2D'), layer(5, 'add', 'Add', true), layer(6, 'top', 'Dense'),
];
const names = (some: Layer[]) => some.map(({ name }) => name);

describe('the layers of the picker', () => {
  it('are the convolutions, the search layers and the chosen one', () => {
    expect(names(shownLayers(layers, 'convolutions', null))).toEqual(['conv1', 'dw', 'sep', 'add']);
    expect(names(shownLayers(layers, 'convolutions', 'bn1'))).toEqual(['conv1', 'bn1', 'dw', 'sep', 'add']);
  });

  it('are all but the input when asked', () => {
    expect(shownLayers(layers, 'all', null)).toHaveLength(6);
  });

  it('begin in the middle', () => {
    expect(firstLayer(layers)).toBe('add');
    expect(firstLayer(layers.map((l) => ({ ...l, search: false })))).toBe('dw');
    expect(firstLayer([])).toBeNull();
  });

  it('keep their depth from model to model', () => {
    const deeper = Array.from({ length: 13 }, (_, i) => layer(i, `c${i}`, 'Conv2D'));
    expect(sameDepth(layers, 'conv1', deeper)).toBe('c0');
    expect(sameDepth(layers, 'add', deeper)).toBe('c12');
    expect(sameDepth(deeper, 'c6', layers)).toBe('sep');
    expect(sameDepth(layers, 'gone', deeper)).toBeNull();
  });
});
