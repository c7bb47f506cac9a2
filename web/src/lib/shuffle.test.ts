import { describe, expect, it } from 'vitest';
import { shuffledOrder } from './shuffle';

describe('shuffledOrder', () => {
  it.each([0, 1, 2, 204, 5000])('holds each of %i numbers once', (count) => {
    const order = shuffledOrder(count, 1);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
  });

  it('is the same for the same seed and another for another', () => {
    expect(shuffledOrder(50, 7)).toEqual(shuffledOrder(50, 7));
    expect(shuffledOrder(50, 7)).not.toEqual(shuffledOrder(50, 8));
  });
});
