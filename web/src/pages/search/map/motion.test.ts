import { describe, expect, it } from 'vitest';
import { even, Motion, smooth } from './motion';
import { layOut, slotOf } from './places';

const first = layOut({ images: [0, 2, 5], x: [0, 1, 2], y: [0, 0, 1] });
const second = layOut({ images: [0, 2, 5], x: [2, 1, 0], y: [1, 0, 0] });

describe('places', () => {
  it('fill the square in one direction, and keep their proportions', () => {
    expect([...first.x]).toEqual([-1, 0, 1]);
    expect([...first.y]).toEqual([-0.5, -0.5, 0.5]);
    expect(first.extent).toEqual({ x: 1, y: 0.5 });
    expect(first.place(3, 1)).toEqual({ x: 2, y: 0.5 });
  });

  it.each([
    ['none', [], []], ['one', [7], [7]], ['the same', [3, 3], [3, 3]],
  ])('hold for points: %s', (_, x, y) => {
    const places = layOut({ images: x.map((_x, i) => i), x, y });
    expect([...places.x, ...places.y].every((value) => value === 0)).toBe(true);
    expect(places.extent).toEqual({ x: 1, y: 1 });
  });

  it('know an image by its slot', () => {
    expect([0, 2, 5].map((image) => slotOf(first.images, image))).toEqual([0, 1, 2]);
    expect([-1, 1, 6].map((image) => slotOf(first.images, image))).toEqual([null, null, null]);
  });
});

describe('motion', () => {
  it('begins and ends slowly', () => {
    expect([0, 0.5, 1].map(smooth)).toEqual([0, 0.5, 1]);
    expect(smooth(0.1)).toBeLessThan(0.01);
    expect(smooth(0.9)).toBeGreaterThan(0.99);
  });

  it('leads from where the points were to where they belong', () => {
    const motion = new Motion(second, new Motion(first), 1000, 800, even);
    const at = (now: number) => motion.x(0, motion.share(now));
    expect([900, 1000, 1400, 1800, 2000].map(at)).toEqual([-1, -1, 0, 1, 1]);
    expect([1000, 1799, 1800].map((now) => motion.moves(now))).toEqual([true, true, false]);
  });

  it('goes on from where it was interrupted', () => {
    const away = new Motion(second, new Motion(first), 0, 800, even);
    const back = new Motion(first, away, 200, 800, even);
    expect(back.x(0, back.share(200))).toBeCloseTo(away.x(0, away.share(200)));
    expect(back.x(0, back.share(1000))).toBe(-1);
  });

  it('does not happen where there was nothing, or no time is given', () => {
    expect(new Motion(first, undefined, 0, 800).moves(1)).toBe(false);
    expect(new Motion(second, new Motion(first), 0, 0).x(0, 1)).toBe(1);
  });

  it('lets points come up that were not there before', () => {
    const more = layOut({ images: [0, 1, 2, 5], x: [0, 9, 1, 2], y: [0, 0, 0, 1] });
    const motion = new Motion(more, new Motion(first), 0, 800);
    expect(motion.x(1, 0)).toBe(1);
    expect(motion.x(3, 0)).toBe(1);
  });
});
