import { describe, expect, it } from 'vitest';
import { agreement, linksOf, ordinal } from './links';

const ranked = (...indexes: number[]) => indexes.map((index, i) => ({ index, rank: i + 1 }));

describe('two searches', () => {
  it('are linked by the pictures of both, in the order of the first', () => {
    expect(linksOf(ranked(7, 8, 9), ranked(9, 1, 7))).toEqual([
      { index: 7, first: 1, second: 3 },
      { index: 9, first: 3, second: 1 },
    ]);
    expect(linksOf(ranked(), ranked(1))).toEqual([]);
  });

  it.each([
    [0, 0, 0, 'Neither search found anything.'],
    [1, 1, 1, 'Both searches found the same picture.'],
    [15, 15, 15, 'Both searches found the same 15 pictures.'],
    [0, 15, 15, 'No picture was found by both searches.'],
    [9, 15, 15, '9 of 15 pictures were found by both searches, 6 only by the first and 6 only by the second.'],
  ])('with %i of %i and %i pictures in common: %4$s', (common, first, second, sentence) => {
    expect(agreement(common, first, second)).toBe(sentence);
  });

  it('rank pictures in words', () => {
    expect([1, 2, 3, 4, 10, 11, 12, 13, 21, 102, 111].map(ordinal)).toEqual(
      ['1st', '2nd', '3rd', '4th', '10th', '11th', '12th', '13th', '21st', '102nd', '111th'],
    );
  });
});
