import { describe, expect, it } from 'vitest';
import { firstPlace, imageAt, move, placeOf } from '../../lib/grid';
import { layRows } from './rows';

const classes = ['bird', 'bird', 'bird', 'fish', 'apple', 'apple', 'apple', 'apple', 'apple'];

describe('the rows of the grid', () => {
  it('show every picture once, in rows of the asked width', () => {
    const rows = layRows(classes, 'all', 4);
    expect(rows.map((row) => row.kind === 'pictures' && row.images.length)).toEqual([4, 4, 1]);
    const all = rows.flatMap((row) => (row.kind === 'pictures' ? row.images : []));
    expect(all.sort((a, b) => a - b)).toEqual(classes.map((_, i) => i));
  });

  it('stand under their category, in the order of the alphabet', () => {
    expect(layRows(classes, 'category', 4)).toEqual([
      { kind: 'heading', class: 'apple', images: 5 },
      { kind: 'pictures', images: [4, 5, 6, 7] },
      { kind: 'pictures', images: [8] },
      { kind: 'heading', class: 'bird', images: 3 },
      { kind: 'pictures', images: [0, 1, 2] },
      { kind: 'heading', class: 'fish', images: 1 },
      { kind: 'pictures', images: [3] },
    ]);
  });

  it('are none for an empty dataset', () => {
    expect(layRows([], 'all', 4)).toEqual([]);
    expect(layRows([], 'category', 4)).toEqual([]);
  });

  it('lay 50,000 pictures out quickly', () => {
    const many = Array.from({ length: 50_000 }, (_, i) => `class ${i % 1000}`);
    const begin = performance.now();
    expect(layRows(many, 'category', 5)).toHaveLength(1000 + 10_000);
    expect(performance.now() - begin).toBeLessThan(500);
  });
});

describe('keys in the grid', () => {
  const rows = layRows(classes, 'category', 4);

  it.each([
    ['ArrowRight', { row: 1, column: 0 }, { row: 1, column: 1 }],
    ['ArrowRight', { row: 1, column: 3 }, { row: 2, column: 0 }],
    ['ArrowRight', { row: 2, column: 0 }, { row: 4, column: 0 }],
    ['ArrowRight', { row: 6, column: 0 }, { row: 6, column: 0 }],
    ['ArrowLeft', { row: 4, column: 0 }, { row: 2, column: 0 }],
    ['ArrowLeft', { row: 1, column: 0 }, { row: 1, column: 0 }],
    ['ArrowDown', { row: 1, column: 3 }, { row: 2, column: 0 }],
    ['ArrowDown', { row: 2, column: 0 }, { row: 4, column: 0 }],
    ['ArrowUp', { row: 4, column: 2 }, { row: 2, column: 0 }],
    ['ArrowUp', { row: 1, column: 2 }, { row: 1, column: 2 }],
    ['PageDown', { row: 1, column: 2 }, { row: 4, column: 2 }],
    ['PageUp', { row: 4, column: 1 }, { row: 1, column: 1 }],
    ['Home', { row: 1, column: 2 }, { row: 1, column: 0 }],
    ['End', { row: 1, column: 0 }, { row: 1, column: 3 }],
  ])('%s leads on from %o', (key, from, to) => {
    expect(move(rows, from, key, false, 3)).toEqual(to);
  });

  it('jump to the ends with Control', () => {
    expect(move(rows, { row: 4, column: 1 }, 'Home', true, 3)).toEqual({ row: 1, column: 0 });
    expect(move(rows, { row: 1, column: 1 }, 'End', true, 3)).toEqual({ row: 6, column: 0 });
  });

  it('are left alone when they are not for moving', () => {
    expect(move(rows, { row: 1, column: 1 }, 'Enter', false, 3)).toBeNull();
  });

  it('find pictures and places', () => {
    expect(firstPlace(rows)).toEqual({ row: 1, column: 0 });
    expect(placeOf(rows, 2)).toEqual({ row: 4, column: 2 });
    expect(placeOf(rows, 99)).toBeNull();
    expect(imageAt(rows, { row: 4, column: 2 })).toBe(2);
    expect(imageAt(rows, { row: 0, column: 0 })).toBeNull();
  });

  it.each(['all', 'category'] as const)('lays some pictures out alone: %s', (arrangement) => {
    const rows = layRows(['a', 'b', 'a', 'c'], arrangement, 2, new Set([0, 2]));
    expect(rows.flatMap((row) => (row.kind === 'pictures' ? row.images : [])).sort()).toEqual([0, 2]);
    expect(rows.filter(({ kind }) => kind === 'heading')).toHaveLength(arrangement === 'all' ? 0 : 1);
  });
});
