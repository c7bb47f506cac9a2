import { describe, expect, it } from 'vitest';
import { cellOf, hasMarks, heap, highestOf, keyed, pictureAt, placeOf, smallestMark } from './heaps';

const size = { width: 360, height: 120 };

/** Scores without order, the same every time. */
function scattered(n: number): number[] {
  let state = 7;
  return Array.from({ length: n }, () => {
    state = (state * 48271) % 2147483647;
    return ((state % 121) * 100) / 120;
  });
}

function alone(scores: (number | null)[], classes = new Int32Array(scores.length), shown: Set<number> | null = null) {
  return { columns: heap(scores, classes, shown), cell: cellOf(highestOf(scores, classes, shown), size) };
}

describe('heaps of scores', () => {
  it.each([1, 2, 15, 204, 2000, 50_000])('hold each of %i pictures once, within the chart, in the order of the scores', (n) => {
    const scores = scattered(n);
    const { columns, cell } = alone(scores);
    expect(columns.flat().sort((a, b) => a - b)).toEqual(scores.map((_, i) => i));
    expect(columns.length * cell.column).toBeCloseTo(size.width);
    expect(cell.abreast * cell.width).toBeLessThan(cell.column);
    const highest = Math.max(...columns.map((column) => column.length));
    expect(Math.ceil(highest / cell.abreast) * cell.height).toBeLessThanOrEqual(size.height + 1e-9);
    let most = -1;
    for (const column of columns.filter(({ length }) => length > 0)) {
      const values = column.map((picture) => scores[picture] ?? 0);
      expect(Math.min(...values)).toBeGreaterThan(most);
      most = Math.max(...values);
    }
  });

  it('are of marks where there is room, and bars where there is not', () => {
    expect(hasMarks(alone(scattered(204)).cell)).toBe(true);
    const { cell } = alone(scattered(50_000));
    expect(hasMarks(cell)).toBe(false);
    expect(cell.width).toBeGreaterThanOrEqual(smallestMark);
  });

  it('lay marks beside each other where that leaves them larger', () => {
    expect(cellOf(5, size).abreast).toBe(1);
    const many = cellOf(39, size);
    expect(many.abreast).toBeGreaterThan(1);
    expect(many.height).toBeGreaterThan(size.height / 39);
  });

  it('stay within a chart of no size, and without pictures', () => {
    expect(alone([]).columns.flat()).toEqual([]);
    expect(cellOf(1, { width: 0, height: 0 }).height).toBe(0);
  });

  it('leave out pictures without a score, and classes that are not shown', () => {
    const classes = Int32Array.from([0, 1, 0, 1, -1]);
    const scores = [0, 100, null, 50, 20];
    expect(heap(scores, classes, new Set([1, -1])).flat()).toEqual([4, 3, 1]);
    expect(highestOf(scores, classes, new Set())).toBe(0);
  });

  it('keep the pictures of a class together', () => {
    expect(heap([50, 50, 50, 50], Int32Array.from([1, 0, 1, 0]), null).flat()).toEqual([1, 3, 0, 2]);
  });

  it('put every step of a score where it belongs, rounding or not', () => {
    const steps = Array.from({ length: 121 }, (_, i) => (i * 100) / 120);
    expect(alone(steps).columns.map((column) => column.length)).toEqual([...Array.from({ length: 23 }, () => 5), 6]);
  });

  it.each([204, 3000])('find each of %i pictures by its place, and its place by the picture', (n) => {
    const heaps = alone(scattered(n));
    for (let picture = 0; picture < n; picture++) {
      const place = placeOf(heaps, picture);
      expect(place && pictureAt(heaps, place.x, place.y)).toBe(picture);
    }
    expect(pictureAt(heaps, -1, 0)).toBeNull();
    expect(pictureAt(heaps, 0, -1)).toBeNull();
    expect(pictureAt(heaps, 0, 1e6)).toBeNull();
    expect(placeOf(heaps, n)).toBeNull();
  });

  it('are walked by keys in the order of the scores', () => {
    const scores = [98, 10, 40, 97];
    const columns = heap(scores, Int32Array.from([0, 0, 0, 1]), null);
    expect(keyed(columns, scores, null, 'ArrowRight')).toBe(1);
    expect(keyed(columns, scores, 1, 'ArrowUp')).toBe(2);
    expect(keyed(columns, scores, 2, 'ArrowUp')).toBe(3);
    expect(keyed(columns, scores, 1, 'ArrowLeft')).toBe(1);
    expect(keyed(columns, scores, 2, 'End')).toBe(0);
    expect(keyed(columns, scores, 0, 'PageDown')).toBe(2);
    expect(keyed(columns, scores, 0, 'x')).toBeNull();
    expect(keyed([], [], null, 'End')).toBeNull();
  });
});
