import { describe, expect, it } from 'vitest';
import { shuffledOrder } from '../../../lib/shuffle';
import { Projection, whole } from './camera';
import { Quadtree } from './quadtree';
import { chooseShown, pictureSide, sheetSide } from './shown';

const size = { width: 800, height: 400 };
const count = 2000;
const order = shuffledOrder(2 * count, 3);
const x = Float32Array.from({ length: count }, (_, i) => (order[i] ?? 0) / count - 1);
const y = Float32Array.from({ length: count }, (_, i) => (order[count + i] ?? 0) / count - 1);
const tree = new Quadtree(x, y);
const place = (slot: number) => ({ x: x[slot] ?? 0, y: y[slot] ?? 0 });
const all = () => true;

describe('pictures on the map', () => {
  it('are the larger the fewer there are, and none where there is no room', () => {
    const sides = [1, 20, 60, 120, 200, 5000].map((n) => pictureSide(n, size));
    expect(sides).toEqual([...sides].sort((a, b) => b - a));
    expect(sides[0]).toBe(96);
    expect(sides.at(-1)).toBe(0);
    expect([32, 44, 96].map((side) => sheetSide(side, 1))).toEqual([32, 64, 128]);
    expect(sheetSide(32, 2)).toBe(64);
  });

  it('do not overlap, and leave no room for another', () => {
    const projection = new Projection({ x: 0.2, y: 0.1, zoom: 3 }, size, { x: 1, y: 1 });
    const shown = chooseShown(tree, place, projection, size, 32, all);
    expect(shown.length).toBeGreaterThan(30);
    shown.forEach((a, i) => {
      for (const b of shown.slice(i + 1)) expect(Math.max(Math.abs(a.x - b.x), Math.abs(a.y - b.y))).toBeGreaterThanOrEqual(32);
    });
  });

  it('stay the same while the map is dragged', () => {
    const at = (camera: number) => {
      const projection = new Projection({ x: camera, y: 0, zoom: 4 }, size, { x: 1, y: 1 });
      return chooseShown(tree, place, projection, size, 32, all).filter((s) => s.x > 150 && s.x < 650 && s.y > 0 && s.y < 400).map(({ slot }) => slot);
    };
    const [before, after] = [at(0), at(0.01)];
    const stayed = before.filter((slot) => after.includes(slot));
    expect(stayed.length).toBeGreaterThan(0.9 * before.length);
  });

  it('are those that go first, wherever they are in view', () => {
    const projection = new Projection(whole, size, { x: 1, y: 1 });
    const [last] = chooseShown(tree, place, projection, size, 32, all, [count - 1]);
    expect(last?.slot).toBe(count - 1);
    const far = new Projection({ x: 0.9, y: 0.9, zoom: 50 }, size, { x: 1, y: 1 });
    const away = tree.nearest(-0.5, -0.5, 1, all) ?? 0;
    expect(chooseShown(tree, place, far, size, 32, all, [away]).some(({ slot }) => slot === away)).toBe(false);
  });

  it('are of those that are accepted only', () => {
    const projection = new Projection(whole, size, { x: 1, y: 1 });
    const even = (slot: number) => slot % 2 === 0;
    expect(chooseShown(tree, place, projection, size, 32, even).every(({ slot }) => even(slot))).toBe(true);
    expect(chooseShown(tree, place, projection, size, 32, () => false)).toEqual([]);
  });
});
