import { describe, expect, it } from 'vitest';
import { shuffledOrder } from '../../../lib/shuffle';
import { Quadtree } from './quadtree';

/** Points that look random, in clumps. */
function scattered(count: number, seed: number): { x: Float32Array; y: Float32Array } {
  const order = shuffledOrder(2 * count, seed);
  const value = (i: number) => ((order[i] ?? 0) / count - 1) ** 3;
  return {
    x: Float32Array.from({ length: count }, (_, i) => value(i)),
    y: Float32Array.from({ length: count }, (_, i) => value(count + i)),
  };
}

const all = () => true;

describe('the quadtree', () => {
  const { x, y } = scattered(3000, 5);
  const tree = new Quadtree(x, y);
  const boxes = [
    { left: -0.2, right: 0.1, low: -0.3, high: 0.4 },
    { left: -2, right: 2, low: -2, high: 2 },
    { left: 0.9, right: 3, low: 0.9, high: 3 },
    { left: 0.5, right: 0.5, low: 0.5, high: 0.5 },
  ];

  it.each(boxes)('visits the points of a box and no others: %o', (box) => {
    const visited: number[] = [];
    tree.visit(box, (slot) => visited.push(slot));
    const inBox = [...x.keys()].filter((i) => {
      const [px, py] = [x[i] ?? 0, y[i] ?? 0];
      return px >= box.left && px <= box.right && py >= box.low && py <= box.high;
    });
    expect(visited.sort((a, b) => a - b)).toEqual(inBox);
    expect(tree.count(box, Infinity, all)).toBe(inBox.length);
    expect(tree.count(box, 7, all)).toBe(Math.min(inBox.length, 7));
    expect(tree.count(box, Infinity, (slot) => slot % 2 === 0)).toBe(inBox.filter((slot) => slot % 2 === 0).length);
  });

  it.each([[0, 0, 0.05], [0.3, -0.7, 0.2], [1, 1, 3], [-5, 0, 1]])('finds the nearest to %d, %d within %d', (px, py, reach) => {
    let [best, least] = [null as number | null, reach];
    x.forEach((_, i) => {
      const distance = Math.hypot((x[i] ?? 0) - px, (y[i] ?? 0) - py);
      if (distance < least) [best, least] = [i, distance];
    });
    expect(tree.nearest(px, py, reach, all)).toBe(best);
  });

  it('finds the nearest of those that are accepted', () => {
    const nearest = tree.nearest(0, 0, 2, all);
    const next = tree.nearest(0, 0, 2, (slot) => slot !== nearest);
    expect(next).not.toBeNull();
    expect(next).not.toBe(nearest);
    expect(tree.nearest(0, 0, 2, () => false)).toBeNull();
  });

  it('has every point in one cell of each depth, and in one leaf', () => {
    const whole = { left: -1, right: 1, low: -1, high: 1 };
    for (const depth of [0, 3, 9, 16]) {
      const ranges: [number, number][] = [];
      tree.cells(depth, whole, (first, end) => ranges.push([first, end]));
      expect(joined(ranges)).toBe(3000);
    }
    const leaves = tree.leaves(96);
    expect(Math.max(...leaves.map(({ first, end }) => end - first))).toBeLessThanOrEqual(96);
    expect(joined(leaves.map(({ first, end }) => [first, end]))).toBe(3000);
  });

  it('holds for no points, one, and many at one place', () => {
    const of = (...values: number[]) => new Quadtree(Float32Array.from(values), Float32Array.from(values));
    expect(of().nearest(0, 0, 1, all)).toBeNull();
    expect(of().leaves(8)).toEqual([]);
    expect(of(0).nearest(0.1, 0, 1, all)).toBe(0);
    const same = new Quadtree(new Float32Array(500), new Float32Array(500));
    expect(same.nearest(0, 0, 0.1, all)).toBe(0);
    expect(same.leaves(96)).toEqual([{ first: 0, end: 500 }]);
  });
});

/** How many positions ranges hold that follow one another without a gap, from 0 on. */
function joined(ranges: [number, number][]): number {
  let at = 0;
  for (const [first, end] of ranges.sort(([a], [b]) => a - b)) {
    expect(first).toBe(at);
    at = end;
  }
  return at;
}
