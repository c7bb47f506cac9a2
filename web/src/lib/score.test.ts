import { describe, expect, it } from 'vitest';
import { classCounts, explainScore, positionWeights } from './score';

describe('the score explained', () => {
  it('gives fifteen positions weights that fall in even steps and sum to 100', () => {
    const weights = positionWeights(15);
    expect(weights).toHaveLength(15);
    expect(weights[0]).toBeCloseTo(12.5);
    expect(weights[14]).toBeCloseTo(100 / 120);
    expect(weights.reduce((a, b) => a + b)).toBeCloseTo(100);
    expect(positionWeights(0)).toEqual([]);
  });

  it('says how many results share the category, and that it is conservative', () => {
    const text = explainScore(14, 15, 'bird').join(' ');
    expect(text).toContain('14 of 15 are in “bird”');
    expect(text).toContain('12.5 of 100 points');
    expect(text).toContain('conservative');
  });

  it('counts the classes of the results, the most frequent first', () => {
    const results = ['fish', 'bird', 'bird'].map((name) => ({ class: name }));
    expect(classCounts(results)).toEqual([{ class: 'bird', results: 2 }, { class: 'fish', results: 1 }]);
    expect(classCounts([])).toEqual([]);
  });
});
