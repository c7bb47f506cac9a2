import { describe, expect, it } from 'vitest';
import { unitBall } from './unit-ball';

function points(path: string): [number, number][] {
  return path.slice(1, -1).split('L').map((point) => {
    const [x = NaN, y = NaN] = point.split(' ').map(Number);
    return [x, y];
  });
}

describe('the unit ball of a Minkowski distance', () => {
  it.each([1, 1.5, 2, 3, 10])('lies at distance r from the centre for p = %d', (p) => {
    const all = points(unitBall(p, 100));
    expect(all.length).toBeGreaterThan(50);
    for (const [x, y] of all) expect((Math.abs(x) ** p + Math.abs(y) ** p) ** (1 / p)).toBeCloseTo(100, 0);
  });

  it('goes through the four points on the axes, whatever p is', () => {
    for (const p of [1, 2, 7, 1e300]) {
      expect(points(unitBall(p, 10))).toEqual(expect.arrayContaining([[10, 0], [0, 10], [-10, 0], [0, -10]]));
    }
  });
});
