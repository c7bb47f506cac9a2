import { describe, expect, it } from 'vitest';
import { fitted } from './boxes';

describe('a box of a picture that is fitted into a square', () => {
  it.each([
    ['a square picture', [0.25, 0.5, 0.75, 1], 1, { x: 25, y: 50, width: 50, height: 50 }],
    ['a wide one', [0, 0, 1, 1], 2, { x: 0, y: 25, width: 100, height: 50 }],
    ['a tall one', [0.5, 0, 1, 0.5], 0.5, { x: 50, y: 0, width: 25, height: 50 }],
  ])('%s', (_, box, aspect, want) => {
    expect(fitted(box, aspect)).toEqual(want);
  });
});
