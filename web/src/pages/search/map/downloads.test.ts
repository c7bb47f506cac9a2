import { describe, expect, it } from 'vitest';
import type { DatasetDetail, FinishedMap } from '../../../api/types';
import { classesOf, legendOf, pressed } from './classes';
import { mapCSV, mapJSON } from './downloads';

const odd = 'a "quoted", <b>bold</b> 🐦';
const dataset = {
  classes: [{ name: odd, images: 2 }, { name: 'coin', images: 1 }],
  images: [
    { index: 0, file: 'x/one.jpg', class: odd },
    { index: 1, file: 'y\nz.jpg', class: 'coin' },
    { index: 2, file: 'loose.jpg', class: '' },
    { index: 3, file: 'left-out.jpg', class: odd },
  ],
} as DatasetDetail;
const map = {
  dataset: 'mine', model: 'm', layer: 'l', method: 'umap', seed: 42, images: [0, 1, 2], x: [0.5, -1, 2], y: [1, 0, -3.25],
} as FinishedMap;

describe('what can be saved', () => {
  it('is a table whose fields survive whatever is in them', () => {
    expect(mapCSV(map, dataset, null)).toBe(
      `index,file,class,x,y\r\n0,x/one.jpg,"a ""quoted"", <b>bold</b> 🐦",0.5,1\r\n1,"y\nz.jpg",coin,-1,0\r\n2,loose.jpg,,2,-3.25\r\n`,
    );
  });

  it('is the recipe with the places', () => {
    expect(JSON.parse(mapJSON(map, dataset, null))).toEqual({
      dataset: 'mine', model: 'm', layer: 'l', method: 'umap', seed: 42,
      points: [{ index: 0, class: odd, x: 0.5, y: 1 }, { index: 1, class: 'coin', x: -1, y: 0 }, { index: 2, class: '', x: 2, y: -3.25 }],
    });
  });

  it('is of the chosen pictures only, where some are', () => {
    expect(mapCSV(map, dataset, new Set([1])).split('\r\n')).toHaveLength(3);
    expect((JSON.parse(mapJSON(map, dataset, new Set([2]))) as { points: unknown[] }).points).toHaveLength(1);
  });
});

describe('the legend', () => {
  const classes = classesOf(dataset);
  const entries = legendOf(dataset, classes, map.images);

  it('counts the pictures that are on the map, those without a class last', () => {
    expect([...classes]).toEqual([0, 1, -1, 0]);
    expect(entries).toEqual([{ position: 0, name: odd, images: 1 }, { position: 1, name: 'coin', images: 1 }, { position: -1, name: '', images: 1 }]);
    expect(legendOf(dataset, classes, [1])).toEqual([{ position: 1, name: 'coin', images: 1 }]);
  });

  it('shows and hides a class', () => {
    expect(pressed(entries, null, 1)).toEqual([0, -1]);
    expect(pressed(entries, new Set([0]), 1)).toEqual([0, 1]);
    expect(pressed(entries, new Set([0, -1]), 1)).toBeNull();
    expect(pressed(entries, new Set([0]), 0)).toEqual([]);
  });
});
