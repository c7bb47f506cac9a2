import { describe, expect, it } from 'vitest';
import { warnings } from './warnings';

describe('what to beware of in a set', () => {
  it('is said of the built-in one, and of categories that are too small for a full score', () => {
    const all = warnings('stamps', [{ name: 'bird', images: 24 }, { name: 'musical_instrument', images: 10 }, { name: 'tool', images: 15 }]);
    expect(all[0]).toContain('white');
    expect(all.at(-1)).toBe('Too small for a score of 100, with 15 pictures or fewer: musical instrument, tool.');
  });

  it('is nothing of a set that nothing is known of, with categories that are large enough', () => {
    expect(warnings('mine', [{ name: 'a', images: 16 }, { name: 'b', images: 300 }])).toEqual([]);
  });

  it('is the missing score where there are no categories', () => {
    expect(warnings('mine', [])).toEqual(['There are no categories, and so no search score.']);
  });

  it('takes categories of unknown size for large enough', () => {
    expect(warnings('elsewhere', [{ name: 'a' }])).toEqual([]);
  });
});
