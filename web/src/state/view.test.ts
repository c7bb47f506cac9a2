import { describe, expect, it } from 'vitest';
import { configurationOf, type Configuration } from './configuration';
import { mapDefaults } from './map';
import { defaults, parseSearch, parseView, writeSearch, writeView, type View } from './view';

function roundTrip(view: View): View {
  return parseView(parseSearch(writeSearch({ ...writeView(view) })));
}

describe('the view in the URL', () => {
  it('is empty for the defaults', () => {
    expect(writeSearch({ ...writeView(defaults) })).toBe('');
    expect(parseView({})).toEqual(defaults);
  });

  it.each<[string, Partial<View>]>([
    ['a picture of the dataset', { query: { kind: 'image', index: 0 } }],
    ['an uploaded picture', { query: { kind: 'picture', id: '0f3a' } }],
    ['an id that looks like a number', { query: { kind: 'picture', id: '12e4567890123456' } }],
    ['another model and layer', { model: 'efficientnet-lite2', layer: 'block3b_add' }],
    ['minkowski with its exponent', { metric: 'minkowski', p: 1.5 }],
    ['names with odd characters', { dataset: 'holiday & more?=#', layer: 'a+b c' }],
    ['everything at once', {
      dataset: 'mine', layer: 'stem_conv', metric: 'manhattan', pool: 'flatten', transform: 'none',
      arrangement: 'category', query: { kind: 'image', index: 49_999 }, advanced: true, open: ['map', 'scores'],
      scores: { metrics: ['euclidean'], model: 'vgg16', classes: [2] },
      map: { ...mapDefaults, method: 'pca', camera: { x: 0.5, y: -0.25, zoom: 3 } },
    }],
    ['two searches side by side', {
      other: { model: 'efficientnet-lite2', layer: 'a/b', metric: 'minkowski', p: 1.5, pool: 'max', transform: 'none' },
    }],
    ['a second search by the defaults', { metric: 'euclidean', other: configurationOf(defaults) }],
    ['no panel open', { advanced: true, open: [] }],
    ['the simple page, come what may', { advanced: false }],
  ])('survives a round trip: %s', (_, change) => {
    const view = { ...defaults, ...change };
    expect(roundTrip(view)).toEqual(view);
  });

  it.each([
    ['?query=abc', null],
    ['?query=-1', null],
    ['?query=1.5', null],
    ['?query=99999999999999999999', null],
    ['?picture=', null],
    ['?query=3&picture=ab', { kind: 'image', index: 3 }],
  ])('reads the query of %s', (text, query) => {
    expect(parseView(parseSearch(text)).query).toEqual(query);
  });

  it.each(['0', '-3', 'NaN', 'Infinity', '', 'three'])('falls back to the default exponent for %j', (p) => {
    expect(parseView({ metric: 'minkowski', p }).p).toBe(3);
  });

  it('leaves the exponent out where the metric does not read it', () => {
    expect(writeView({ ...defaults, p: 5 })).toEqual({});
  });

  it('keeps unknown names, so that the page can name them', () => {
    expect(parseView({ dataset: 'stmps', metric: 'cosin' })).toMatchObject({ dataset: 'stmps', metric: 'cosin' });
  });

  it('opens known panels only, in the order of the page', () => {
    expect(parseView(parseSearch('?open=scores.x.map.map')).open).toEqual(['map', 'scores']);
  });

  it.each([['', null], ['?advanced=1', true], ['?advanced=0', false], ['?advanced=yes', null]])('reads %j as advanced: %j', (text, advanced) => {
    expect(parseView(parseSearch(text)).advanced).toBe(advanced);
  });

  it('writes a second search as one parameter, the defaults left out', () => {
    const written = (other: Partial<Configuration>) =>
      writeSearch({ ...writeView({ ...defaults, other: { ...configurationOf(defaults), ...other } }) });
    expect(written({ layer: 'block4c_add' })).toBe('?other=*block4c_add');
    expect(written({ transform: 'none' })).toBe('?other=*****none');
    expect(written({})).toBe('?other=');
  });

  it.each(['*'.repeat(40), '***0', '   *  * '])('reads nonsense for a second search, %j, as the defaults', (other) => {
    expect(parseView({ other }).other).toEqual(configurationOf(defaults));
  });

  it('keeps unknown names of a second search, and forgets one that is too long', () => {
    expect(parseView({ other: '<b>*"x"*🦜' }).other).toMatchObject({ model: '<b>', layer: '"x"', metric: '🦜' });
    expect(parseView({ other: 'x'.repeat(2000) }).other).toBeNull();
  });

  it('takes an unknown arrangement for the default', () => {
    expect(parseView({ view: 'circle' }).arrangement).toBe('all');
  });
});
