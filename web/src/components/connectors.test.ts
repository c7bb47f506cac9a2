import { describe, expect, it } from 'vitest';
import { clamp, curve, inView, thickness } from './connectors';

const box = (left: number, top: number, width: number, height: number) => ({ left, top, right: left + width, bottom: top + height });

describe('connector lines', () => {
  it('run from the right edge to the left edge, level at both ends', () => {
    expect(curve(box(0, 0, 100, 40), box(200, 100, 100, 20), 'right')).toBe('M100 20C150 20 150 110 200 110');
  });

  it('run from the bottom to the top where the pickers stand below each other', () => {
    expect(curve(box(0, 0, 100, 40), box(200, 100, 100, 20), 'down')).toBe('M50 40C50 70 250 70 250 100');
  });

  it('grow with depth', () => {
    expect([0, 4, 8].map((i) => thickness(i, 9))).toEqual([1, 2, 3]);
    expect(thickness(0, 1)).toBe(1);
  });

  it('go to what is in view, and to the edge for what is not', () => {
    const list = box(0, 100, 50, 200);
    expect(inView(box(0, 290, 50, 10), list)).toBe(true);
    expect(inView(box(0, 90, 50, 10), list)).toBe(false);
    expect(inView(box(0, 299, 50, 10), list)).toBe(false);
    expect(clamp(box(0, 500, 50, 30), list)).toEqual(box(0, 300, 50, 0));
    expect(clamp(box(0, 150, 50, 30), list)).toEqual(box(0, 150, 50, 30));
  });
});
