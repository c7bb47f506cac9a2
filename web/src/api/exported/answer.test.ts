import { afterEach, describe, expect, it, vi } from 'vitest';
import { answering } from './answer';
import { weightedScore } from './searches';

const images = ['bird', 'bird', 'coin', ''].map((name, index) => (
  { index, file: `${name}/${index}.jpg`, class: name, title: '', width: 8, height: 8 }
));
const layers = ['stem', 'top', 'side'].map((name, index) => ({ index, name, shape: [2, 2, 3], search: name !== 'side' }));
const recipe = { layer: 'top', objective: 'channel', channels: [1], negative: false, pictures: 1, blend: 0.5, seed: 0 };

/** The files of a copy of four pictures. */
const files: Record<string, unknown> = {
  'contents.json': {
    dataset: 'few', top: 2, scored: true, transforms: ['none'], metrics: ['cosine', 'euclidean', 'minkowski'],
    pools: { avg: [{ model: 'net', layer: 'stem' }, { model: 'net', layer: 'top' }] },
    tops: [{ model: 'net', layer: 'top' }],
    maps: [{ model: 'net', layer: 'top', pool: 'avg', transform: 'none', method: 'umap', metric: 'cosine', neighbours: 15, min_dist: 0.1, seed: 42, aligned: true, file: 0 }],
  },
  'datasets/few.json': { name: 'few', images },
  'models.json': { models: [{ name: 'net', default_layer: 'top', search_layers: ['stem', 'top'] }] },
  'models/net.json': { name: 'net', layers },
  'searches/avg/none/cosine/net/stem.json': { neighbours: [[2, 3], [0, 2], null, [1, 0]], distances: [[0.5, 0.75], [0.1, 0.2], null, [0, 0.1]] },
  'searches/avg/none/cosine/net/top.json': { neighbours: [[1, 2], [0, 3], null, [2, 1]], distances: [[0.25, 0.5], [0.1, 0.2], null, [0, 0.1]] },
  'searches/avg/none/euclidean/net/top.json': { neighbours: [[3, 1], [0, 3], null, [2, 1]], distances: [[1, 3], [0.1, 0.2], null, [0, 0.1]] },
  'scores/avg/none/cosine.json': { rows: [{ model: 'net', layer: 'stem', weighted_score: 20 }, { model: 'net', layer: 'top', weighted_score: 70 }] },
  'top/net/top.json': {
    map: [2, 2], pictures: 3, left_out: 1,
    places: [{ position: [0, 1], box: [0, 0, 1, 1], cell: [0.5, 0, 1, 0.5] }],
    channels: [[[1, 2.5, 0], [0, 1, 0]], [[2, 0, 0]], []],
  },
  'maps/0.json': { images: [0, 1, 3], x: [0, 1, 2], y: [3, 4, 5] },
  'renderings/net.json': {
    renderings: [
      { hash: 'a', recipe: { ...recipe, size: 96, steps: 128 } },
      { hash: 'b', recipe: { ...recipe, size: 128, steps: 512 } },
      { hash: 'c', recipe: { ...recipe, size: 96, steps: 128, negative: true } },
      { hash: 'd', recipe: { ...recipe, size: 96, steps: 128, objective: 'layer', channels: null } },
    ],
  },
};

/** Asks the copy, and tells what was fetched. */
async function ask(path: string, method = 'GET') {
  const fetched: string[] = [];
  vi.stubGlobal('fetch', (address: string) => {
    fetched.push(address);
    const file = files[address.replace(/^data\//, '')];
    return Promise.resolve(file === undefined ? new Response('<html>', { status: 404 }) : Response.json(file));
  });
  const response = await answering('data')(new Request(`https://example.org/api/v1/${path}`, { method }));
  return { status: response.status, text: await response.text(), fetched };
}

async function json(path: string, method = 'GET') {
  return JSON.parse((await ask(path, method)).text) as unknown;
}

afterEach(() => { vi.unstubAllGlobals(); });

describe('an exported copy', () => {
  it('searches', async () => {
    expect(await json('search?dataset=few&model=net&metric=cosine&pool=avg&transform=none&top=15&query=0')).toMatchObject({
      dataset: 'few', model: 'net', layer: 'top', metric: 'cosine', pool: 'avg', transform: 'none',
      query: { index: 0, file: 'bird/0.jpg', class: 'bird' }, same_class: 1,
      score: 200 / 3,
      results: [
        { rank: 1, index: 1, class: 'bird', distance: 0.25, similarity: 0.75 },
        { rank: 2, index: 2, class: 'coin', distance: 0.5, similarity: 0.5 },
      ],
    });
    expect(await json('search?metric=euclidean&query=0')).toMatchObject({ results: [{ similarity: 0.5 }, { similarity: 0.25 }] });
  });

  it('gives no score to a picture without a class', async () => {
    const result = await json('search?query=3');
    expect(result).toMatchObject({ query: { index: 3 }, results: [{}, {}] });
    expect(result).not.toHaveProperty('score');
    expect(result).not.toHaveProperty('query.class');
  });

  it('compares layers, and tells them as events', async () => {
    const rows = [
      { model: 'net', layer: 'stem', score: 0, same_class: 0, results: [2, 3] },
      { model: 'net', layer: 'top', score: 200 / 3, same_class: 1, results: [1, 2] },
    ];
    const best = [{ model: 'net', layer: 'top' }];
    expect(await json('compare?query=0&metric=cosine')).toMatchObject({ rows, best, missing: [], query: { index: 0 } });
    const events = (await ask('compare/events?query=0&metric=cosine')).text.split('\n\n');
    expect(events).toHaveLength(4);
    expect(events[0]).toBe(`id: 1\nevent: row\ndata: ${JSON.stringify(rows[0])}`);
    expect(JSON.parse(events[2]?.split('data: ')[1] ?? '')).toMatchObject({ rows: [], best });
    expect(await json('compare/scores')).toMatchObject({ rows: [{ weighted_score: 20 }, { weighted_score: 70 }], best, top: 2 });
  });

  it('contrasts searches', async () => {
    expect(await json('contrast?query=0&other_metric=euclidean&other_model=net')).toMatchObject({
      first: { metric: 'cosine' }, second: { metric: 'euclidean' },
      common: [{ index: 1, first_rank: 1, second_rank: 2 }], only_first: [2], only_second: [3],
    });
  });

  it('knows the top pictures of channels', async () => {
    expect(await json('datasets/few/top?model=net&layer=top&channel=0')).toMatchObject({
      map: [2, 2], pictures: 3, left_out: 1, dead: false,
      results: [{ rank: 1, index: 1, file: 'bird/1.jpg', value: 2.5, position: [0, 1], cell: [0.5, 0, 1, 0.5] }, { rank: 2, index: 0 }],
    });
    expect(await json('datasets/few/top?model=net&layer=top&channel=1')).toMatchObject({ dead: true });
    expect(await json('datasets/few/top?model=net&layer=top&channel=2')).toMatchObject({ dead: false, results: [] });
  });

  it.each([
    ['channels/1', 'size=96&steps=128', 'a'],
    ['channels/1', 'size=128&steps=512', 'b'],
    ['channels/1', 'size=64&steps=32', 'b'],
    ['channels/1', 'size=96&steps=128&negative=true', 'c'],
    ['channels/0', 'size=96&steps=128&objective=layer', 'd'],
  ])('finds the rendering of %s with %s', async (channel, parameters, hash) => {
    const path = `models/net/layers/top/${channel}/rendering?with=-1&seed=0&${parameters}`;
    expect(await json(path, 'POST')).toMatchObject({ rendering: { hash } });
  });

  it('has maps', async () => {
    const map = 'map?model=net&layer=top&transform=none&aligned=true';
    expect(await json(map)).toMatchObject({ images: [0, 1, 3], x: [0, 1, 2], metric: 'cosine' });
    expect(await json('map?model=net&transform=none&aligned=false', 'POST')).toMatchObject({ map: { y: [3, 4, 5] } });
    expect(await json(`${map}&seed=7`)).toMatchObject({ code: 'not_exported' });
  });

  it.each([
    ['GET', 'search?query=0&transform=center', 404, 'not_exported', ['none']],
    ['GET', 'search?query=0&metric=minkowski&p=4', 404, 'not_exported', []],
    ['GET', 'search?query=0&layer=side', 404, 'not_exported', ['stem', 'top']],
    ['GET', 'search?query=0&layer=nose', 404, 'not_found', ['stem', 'top']],
    ['GET', 'search?query=0&model=ned', 404, 'not_found', ['net']],
    ['GET', 'search?query=0&dataset=many', 404, 'not_found', ['few']],
    ['GET', 'search?query=9', 404, 'not_found', []],
    ['GET', 'search?query=2', 409, 'not_indexed', []],
    ['GET', 'search?picture=0123456789abcdef', 501, 'not_exported', []],
    ['GET', 'datasets/many', 404, 'not_found', ['few']],
    ['GET', 'models/__proto__', 404, 'not_found', ['net']],
    ['GET', 'datasets/few/top?model=net&layer=stem&channel=0', 404, 'not_exported', []],
    ['GET', 'datasets/few/top?model=net&layer=top&channel=3', 404, 'not_found', []],
    ['POST', 'models/net/layers/top/channels/1/rendering?seed=1', 404, 'not_exported', []],
    ['POST', 'pictures', 501, 'not_exported', []],
    ['POST', 'indexes', 501, 'not_exported', []],
    ['DELETE', 'jobs/1', 501, 'not_exported', []],
    ['GET', 'nothing/of/the/kind', 501, 'not_exported', []],
  ])('says why not: %s %s', async (method, path, status, code, near) => {
    const { status: answered, text, fetched } = await ask(path, method);
    expect({ status: answered, ...JSON.parse(text) as object }).toMatchObject({ status, code, near });
    // It asks for no file that is not there.
    expect(fetched.filter((address) => files[address.replace(/^data\//, '')] === undefined)).toEqual([]);
  });

  it('says which file does not arrive', async () => {
    const { status, text } = await ask('options');
    expect(status).toBe(503);
    expect(text).toContain('data/options.json');
  });
});

describe('the score', () => {
  it('is that of the server to the last bit', () => {
    expect(weightedScore([true, false])).toBe(200 / 3);
    expect(weightedScore([])).toBe(0);
    expect(weightedScore(Array.from({ length: 15 }, (_, i) => i !== 4))).toBe((100 * 109) / 120);
  });
});
