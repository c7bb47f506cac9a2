import { describe, expect, it } from 'vitest';
import { exploreDefaults, parseExplore, writeExplore, type Explore } from './explore';
import { parseSearch, writeSearch } from './view';

const through = (view: Explore) => parseExplore(parseSearch(writeSearch({ ...writeExplore(view) })));

describe('what the explorer shows, in the URL', () => {
  it('is nothing where all is as by default', () => {
    expect(writeExplore(exploreDefaults)).toEqual({});
    expect(parseExplore({})).toEqual(exploreDefaults);
  });

  it.each<[string, Explore]>([
    ['another channel', { ...exploreDefaults, model: 'vgg16', layer: 'block5_conv3', channel: 511 }],
    ['every setting', {
      model: '12e4', layer: 'true', channel: 7, channels: 'all', layers: 'all', frame: 64, dataset: 'mine', shown: { kind: 'image', index: 3 },
      recipe: { objective: 'neuron', negative: true, with: 0, blend: 0.25, pictures: 4, seed: 9007199254740991, size: 224, steps: 32 },
    }],
    ['an own picture', { ...exploreDefaults, shown: { kind: 'picture', id: '0123456789012345' } }],
    ['the edges of a blend', { ...exploreDefaults, recipe: { ...exploreDefaults.recipe, with: 3, blend: 0 } }],
  ])('survives: %s', (_, view) => {
    expect(through(view)).toEqual(view);
  });

  it('forgets a blend with nothing to blend', () => {
    expect(writeExplore({ ...exploreDefaults, recipe: { ...exploreDefaults.recipe, blend: 0.2 } })).toEqual({});
  });

  it.each([
    { channel: '-1' }, { channel: '1.5' }, { channel: 'first' }, { seed: '99999999999999999' }, { objective: 'pixel' },
    { blend: '2' }, { blend: '' }, { negative: 'yes' }, { steps: '1e3' }, { layer: ' ' }, { channels: 'top' }, { frame: '' },
  ])('falls back where the address says nothing of use: %o', (search) => {
    expect(parseExplore(search)).toEqual(exploreDefaults);
  });

  it('keeps numbers that the server will refuse', () => {
    expect(parseExplore({ channel: '100000', size: '0' })).toMatchObject({ channel: 100000, recipe: { size: 0 } });
  });
});
