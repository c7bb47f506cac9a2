import { describe, expect, it } from 'vitest';
import type { Layer } from '../../api/types';
import { arch, columnShare, findLayers, skips } from './network';

const layer = (index: number, name: string, type: string, side: number, inputs: number[]): Layer =>
  ({ index, name, type, inputs, shape: [side, side, 16], parameters: 0, parameters_cumulative: 0, search: false });

const residual = [
  layer(0, 'input', 'InputLayer', 64, []), layer(1, 'conv', 'Conv2D', 16, [0]),
  layer(2, 'bn', 'BatchNormalization', 16, [1]), layer(3, 'add', 'Add', 16, [2, 1]), layer(4, 'pool', 'GlobalAveragePooling2D', 1, [3]),
];

describe('the drawing of a network', () => {
  it('has columns as high as the maps are large, on a root scale', () => {
    expect(residual.map((l) => columnShare(l, residual))).toEqual([1, 0.5, 0.5, 0.5, 0.125]);
  });

  it('has an arch for every connection that passes over a layer', () => {
    expect(skips(residual)).toEqual([{ from: 1, to: 3 }]);
  });

  it('has arches that rise with their width, up to the room there is', () => {
    expect(arch(10, 18, 40, 30)).toBe('M10 40C10 29.3 18 29.3 18 40');
    expect(arch(0, 1000, 40, 30)).toBe('M0 40C0 0 1000 0 1000 40');
  });
});

describe('the search among layers', () => {
  it.each([
    ['', 5], ['  ', 5], ['CONV', 1], ['pool', 1], ['3', 1], ['16 × 16 × 16', 3], ['16x16x16', 3], ['lstm', 0],
  ])('finds by %j %d layers', (text, found) => {
    expect(findLayers(residual, text)).toHaveLength(found);
  });
});
