import { describe, expect, it } from 'vitest';
import { barShares } from './bars';

describe('barShares', () => {
  it('takes cosine as it is and clamps it', () => {
    expect(barShares('cosine', [1.2, 0.5, -0.1])).toEqual([1, 0.5, 0]);
  });

  it('measures metrics without a scale against the nearest result', () => {
    expect(barShares('manhattan', [0.02, 0.01, 0])).toEqual([1, 0.5, 0]);
  });

  it('holds for no results, and for results without any similarity', () => {
    expect(barShares('euclidean', [])).toEqual([]);
    expect(barShares('euclidean', [0, 0])).toEqual([0, 0]);
    expect(barShares('cosine', [Number.NaN])).toEqual([0]);
  });
});
