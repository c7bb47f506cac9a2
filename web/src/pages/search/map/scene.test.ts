import { describe, expect, it } from 'vitest';
import { dimmed, filtered, full } from './look';
import { Scene } from './scene';

/** Pictures 10 … 14 in a cross: left, right, middle, low, high. */
const cross = { images: [10, 11, 12, 13, 14], x: [-1, 1, 0, 0, 0], y: [0, 0, 0, -1, 1] };
const classes = new Int32Array(20).fill(-1);
classes.set([0, 0, 1, 1, 1], 10);

function scene(shown: number[] | null = null, selected: number[] | null = null): Scene {
  const s = new Scene();
  s.wear({ classes, shown: shown && new Set(shown), selected: selected && new Set(selected) });
  s.show(cross, false, 0, true);
  return s;
}

describe('the scene', () => {
  it('finds the picture nearest to a place', () => {
    expect(scene().nearest({ x: 0.8, y: 0.1 }, 0.5)).toBe(11);
    expect(scene().nearest({ x: 0.5, y: 0.5 }, 0.1)).toBeNull();
  });

  it('finds only pictures of classes that are shown', () => {
    expect(scene([1]).nearest({ x: 0.8, y: 0.1 }, 0.5)).toBeNull();
    expect(scene([1]).byDistance(12)).toEqual([12, 13, 14]);
    expect([...scene([1]).look.seen]).toEqual([filtered, filtered, full, full, full]);
  });

  it('keeps what was not caught faint, but within reach', () => {
    const s = scene(null, [11]);
    expect([...s.look.seen]).toEqual([dimmed, full, dimmed, dimmed, dimmed]);
    expect(s.nearest({ x: -1, y: 0 }, 0.5)).toBe(10);
  });

  it('catches what lies inside corners', () => {
    const corners = [{ x: -0.5, y: -2 }, { x: 2, y: -2 }, { x: 2, y: 0.5 }, { x: -0.5, y: 0.5 }];
    expect(scene().inside(corners)).toEqual([11, 12, 13]);
    expect(scene([0]).inside(corners)).toEqual([11]);
    expect(scene().inside([])).toEqual([]);
  });

  it('leads from picture to picture, by distance and by direction', () => {
    const s = scene();
    expect(s.byDistance(11)).toEqual([11, 12, 13, 14, 10]);
    expect(s.towards(12, 1, 0)).toBe(11);
    expect(s.towards(12, 0, 1)).toBe(14);
    expect(s.towards(14, 0, -1)).toBe(12);
    expect(s.towards(11, 1, 0)).toBeNull();
    expect(s.byDistance(99)).toEqual([]);
  });

  it('lets the keyboard begin at the query, or in the middle', () => {
    const s = scene();
    expect(s.begin({ x: 0.1, y: 0 })).toBe(12);
    s.found = { query: { image: 14 }, results: [], picture: null };
    expect(s.begin({ x: 0.1, y: 0 })).toBe(14);
    s.found = { query: { image: 3 }, results: [10, 4], picture: null };
    expect(s.begin({ x: 0.1, y: 0 })).toBe(12);
    expect(s.foundSlots).toEqual({ query: null, results: [0] });
  });

  it('asks for pictures that lie together on one sheet', () => {
    const many = Array.from({ length: 1000 }, (_, i) => i);
    const s = new Scene();
    s.show({ images: many, x: many.map((i) => i % 100), y: many.map((i) => Math.floor(i / 100)) }, false, 0, true);
    for (const image of [0, 501, 999]) {
      const sheet = s.onOneSheet(image);
      expect(sheet).toContain(image);
      expect(sheet.length).toBeLessThanOrEqual(96);
      expect(sheet).toEqual([...sheet].sort((a, b) => a - b));
      for (const other of sheet) expect(s.onOneSheet(other)).toEqual(sheet);
    }
    const same = new Scene();
    same.show({ images: many, x: many.map(() => 1), y: many.map(() => 1) }, false, 0, true);
    expect(same.onOneSheet(999)).toContain(999);
    expect(same.onOneSheet(999)).toHaveLength(256);
  });

  it('holds for nothing at all', () => {
    const s = new Scene();
    expect(s.nearest({ x: 0, y: 0 }, 1)).toBeNull();
    expect(s.begin({ x: 0, y: 0 })).toBeNull();
    s.show({ images: [], x: [], y: [] }, false, 0, true);
    expect(s.inside([{ x: 0, y: 0 }])).toEqual([]);
  });
});
