import { describe, expect, it } from 'vitest';
import { parseScores, scoresDefaults, writeScores, type ScoresSettings } from './scores';

describe('what the whole-set comparison shows, in the URL', () => {
  it('is nothing for the defaults', () => {
    expect(writeScores(scoresDefaults)).toBeNull();
    expect(parseScores(undefined)).toEqual(scoresDefaults);
  });

  it.each<[string, ScoresSettings]>([
    ['euclidean.manhattan', { metrics: ['euclidean', 'manhattan'], model: null, classes: null }],
    ['*my_model-2.5', { metrics: [], model: 'my_model-2.5', classes: null }],
    ['**c.-1.0.12', { metrics: [], model: null, classes: [-1, 0, 12] }],
    ['**c', { metrics: [], model: null, classes: [] }],
    ['chebyshev*vgg16*c.3', { metrics: ['chebyshev'], model: 'vgg16', classes: [3] }],
  ])('survives a round trip: %s', (text, settings) => {
    expect(writeScores(settings)).toBe(text);
    expect(parseScores(text)).toEqual(settings);
  });

  it.each(['', '***', '..', 'a'.repeat(2000), '**x.1', '**c.one'])('reads nothing from %j', (text) => {
    expect(parseScores(text)).toEqual(scoresDefaults);
  });

  it('takes each distance once', () => {
    expect(parseScores('euclidean.euclidean').metrics).toEqual(['euclidean']);
  });
});
