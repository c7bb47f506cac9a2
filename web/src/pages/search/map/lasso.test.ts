import { describe, expect, it } from 'vitest';
import { boxAround, inPolygon, rectangle } from './lasso';

const arrow = [{ x: 0, y: 0 }, { x: 4, y: 4 }, { x: 4, y: 0 }, { x: 2, y: 1 }];

describe('the lasso', () => {
  it.each([
    [3, 2, true], [3.9, 3.5, true], [2, 0.5, false], [1, 3, false], [-1, 0, false], [5, 2, false],
  ])('holds %d, %d: %s', (x, y, inside) => {
    expect(inPolygon(arrow, x, y)).toBe(inside);
  });

  it('is the same in whichever direction it was drawn', () => {
    expect(inPolygon([...arrow].reverse(), 3, 2)).toBe(true);
    expect(inPolygon([...arrow].reverse(), 2, 0.5)).toBe(false);
  });

  it('holds nothing while it is no more than a line', () => {
    expect(inPolygon([], 0, 0)).toBe(false);
    expect(inPolygon([{ x: 0, y: 0 }, { x: 2, y: 2 }], 1, 1)).toBe(false);
  });

  it('may be a box, drawn from any corner', () => {
    const box = rectangle({ x: 2, y: 3 }, { x: 0, y: 1 });
    expect(inPolygon(box, 1, 2)).toBe(true);
    expect(inPolygon(box, 1, 4)).toBe(false);
    expect(boxAround(box)).toEqual({ left: 0, right: 2, low: 1, high: 3 });
  });
});
