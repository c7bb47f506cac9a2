import type { components } from '../schema';
import type { CompareResult, CompareRow, DatasetDetail, ModelDetail, ModelLayer, ModelSummary, Result, ScoresResult, ScoresRow, SearchResult } from '../types';
import type { Contents, Load } from './files';
import { needsProgram, notInCopy, Refusal, unknown } from './refusal';

type Contrast = components['schemas']['Contrast'];

/** How pictures are compared, whatever the layer. */
interface Shared {
  metric: string;
  p: number;
  pool: string;
  transform: string;
}

/** What a file of searches holds: by query, the nearest others and their distances; null for a picture without a vector. */
interface SearchFile {
  neighbours: (number[] | null)[];
  distances: (number[] | null)[];
}

/** The power of minkowski that is exported. */
const exportedPower = 3;

/** Searches, answered from what every picture finds by every layer. */
export class Searches {
  private readonly load: Load;
  private readonly contents: Contents;
  private readonly dataset: DatasetDetail;
  private readonly models: ModelSummary[];

  constructor(load: Load, contents: Contents, dataset: DatasetDetail, models: ModelSummary[]) {
    this.load = load;
    this.contents = contents;
    this.dataset = dataset;
    this.models = models;
  }

  /** The pictures most similar to one. */
  async search(asked: URLSearchParams, prefix = ''): Promise<SearchResult> {
    const began = performance.now();
    const shared = this.shared(asked, prefix);
    const at = await this.layer(asked, prefix, shared.pool);
    const query = this.query(asked);
    const file = await this.file(shared, at);
    const neighbours = file.neighbours[query];
    const distances = file.distances[query];
    if (!neighbours || !distances) {
      throw new Refusal(409, 'not_indexed', 'this picture could not be read when the dataset was indexed', 'choose another picture');
    }
    const top = this.top(asked);
    const results = neighbours.slice(0, top).map((index, i) => this.result(index, i + 1, distances[i] ?? 0, shared.metric));
    return {
      dataset: this.dataset.name, ...at, ...said(shared), query: this.described(query),
      ...this.quality(query, neighbours.slice(0, top)), results, elapsed_ms: performance.now() - began,
    };
  }

  /** Two searches for the same picture. */
  async contrast(asked: URLSearchParams): Promise<Contrast> {
    const [first, second] = await Promise.all([this.search(asked), this.search(asked, 'other_')]);
    const ranks = new Map(second.results.map(({ index, rank }) => [index, rank]));
    const common = first.results.flatMap(({ index, rank }) => {
      const other = ranks.get(index);
      return other === undefined ? [] : [{ index, first_rank: rank, second_rank: other }];
    });
    const both = new Set(common.map(({ index }) => index));
    const alone = ({ results }: SearchResult) => results.map(({ index }) => index).filter((index) => !both.has(index));
    return { first, second, common, only_first: alone(first), only_second: alone(second) };
  }

  /** What every layer finds for a picture. */
  async compare(asked: URLSearchParams): Promise<CompareResult> {
    const shared = this.shared(asked);
    const query = this.query(asked);
    const top = this.top(asked);
    const rows = await Promise.all(this.layers(asked, shared.pool).map(async ({ model, layer }): Promise<CompareRow | null> => {
      const results = (await this.file(shared, { model, layer })).neighbours[query]?.slice(0, top);
      return results ? { model, layer, ...this.quality(query, results), results } : null;
    }));
    const there = rows.filter((row) => row !== null);
    return {
      dataset: this.dataset.name, ...said(shared), top, query: this.described(query),
      rows: there, best: best(there, ({ score }) => score ?? 0), missing: [],
    };
  }

  /** How good every layer is with every picture as a query. */
  async scores(asked: URLSearchParams): Promise<ScoresResult> {
    const shared = this.shared(asked);
    if (!this.contents.scored) {
      throw new Refusal(422, 'invalid', `no picture of dataset ${this.dataset.name} has a class`, 'scores count pictures of the same class');
    }
    const wanted = asked.get('model');
    const file = await this.load<{ rows: ScoresRow[] }>(`scores/${shared.pool}/${shared.transform}/${shared.metric}.json`);
    const rows = file.rows.filter(({ model }) => wanted === null || model === wanted);
    return {
      dataset: this.dataset.name, ...said(shared), top: this.contents.top,
      rows, best: best(rows, ({ weighted_score }) => weighted_score), missing: [],
    };
  }

  private file({ pool, transform, metric }: Shared, { model, layer }: ModelLayer): Promise<SearchFile> {
    return this.load<SearchFile>(`searches/${pool}/${transform}/${metric}/${model}/${layer}.json`);
  }

  /** How a request compares, of what the copy has. */
  private shared(asked: URLSearchParams, prefix = ''): Shared {
    const { metrics, transforms, pools } = this.contents;
    const dataset = asked.get('dataset');
    if (dataset !== null && dataset !== this.dataset.name) throw unknown('dataset', dataset, [this.dataset.name]);
    const chosen = (name: string, kind: string, known: string[], byDefault: string) => {
      const value = asked.get(prefix + name) ?? (known.includes(byDefault) ? byDefault : known[0] ?? byDefault);
      if (!known.includes(value)) throw notInCopy(`${kind} ${value}`, known);
      return value;
    };
    const metric = chosen('metric', 'the distance', metrics, 'cosine');
    const p = metric === 'minkowski' ? Number(asked.get(`${prefix}p`) ?? exportedPower) : 0;
    if (metric === 'minkowski' && p !== exportedPower) throw notInCopy(`p = ${p}: it has minkowski with p = ${exportedPower}`);
    return {
      metric, p,
      pool: chosen('pool', 'the pooling', Object.keys(pools), 'avg'),
      transform: chosen('transform', 'the transform', transforms, 'sqrt-center'),
    };
  }

  /** The layer that a request names. */
  private async layer(asked: URLSearchParams, prefix: string, pool: string): Promise<ModelLayer> {
    const name = asked.get(`${prefix}model`) ?? this.models[0]?.name ?? '';
    const model = this.models.find((m) => m.name === name);
    if (!model) throw unknown('model', name, this.models.map((m) => m.name));
    const layer = asked.get(`${prefix}layer`) ?? model.default_layer;
    if (this.contents.pools[pool]?.some((l) => l.model === name && l.layer === layer)) return { model: name, layer };
    const { layers } = await this.load<ModelDetail>(`models/${name}.json`);
    if (!layers.some((l) => l.name === layer)) throw unknown('layer', layer, model.search_layers);
    throw notInCopy(`${layer} of ${name} with pooling ${pool}`, model.search_layers);
  }

  private layers(asked: URLSearchParams, pool: string): ModelLayer[] {
    const name = asked.get('model');
    return this.contents.pools[pool]?.filter(({ model }) => name === null || model === name) ?? [];
  }

  /** The picture of the dataset that a request searches for. */
  private query(asked: URLSearchParams): number {
    if (asked.has('picture')) throw needsProgram('search with pictures of your own');
    const query = Number(asked.get('query') ?? 0);
    const last = this.dataset.images.length - 1;
    if (!this.dataset.images[query]) {
      throw new Refusal(404, 'not_found', `dataset “${this.dataset.name}” has no picture ${query}`, `its pictures are 0 to ${last}`);
    }
    return query;
  }

  private top(asked: URLSearchParams): number {
    return Math.min(Number(asked.get('top') ?? this.contents.top), this.contents.top);
  }

  private classOf(index: number): string {
    return this.dataset.images[index]?.class ?? '';
  }

  private described(index: number): SearchResult['query'] {
    const name = this.classOf(index);
    return { index, file: this.dataset.images[index]?.file ?? '', ...(name === '' ? {} : { class: name }) };
  }

  private result(index: number, rank: number, distance: number, metric: string): Result {
    return {
      rank, index, file: this.dataset.images[index]?.file ?? '', class: this.classOf(index),
      distance, similarity: similarity(metric, distance),
    };
  }

  /** Score and number of pictures of the query's class; nothing for a query without one. */
  private quality(query: number, results: readonly number[]): { score?: number; same_class?: number } {
    const name = this.classOf(query);
    if (name === '') return {};
    const same = results.map((index) => this.classOf(index) === name);
    return { score: weightedScore(same), same_class: same.filter(Boolean).length };
  }
}

function said({ metric, p, pool, transform }: Shared) {
  return { metric, ...(metric === 'minkowski' ? { p } : {}), pool, transform };
}

/** The search score in percent, by weights of whole numbers as the server takes them. */
export function weightedScore(same: readonly boolean[]): number {
  const k = same.length;
  if (k === 0) return 0;
  const hit = same.reduce((sum, right, i) => sum + (right ? k - i : 0), 0);
  return (100 * hit) / ((k * (k + 1)) / 2);
}

function similarity(metric: string, distance: number): number {
  return metric === 'cosine' || metric === 'correlation' ? 1 - distance : 1 / (1 + distance);
}

/** How near scores in percent are that differ by rounding alone. */
const sameScore = 1e-9;

/** The layers of the highest score, all that tie; none where all are 0. */
function best<Row extends ModelLayer>(rows: readonly Row[], score: (row: Row) => number): ModelLayer[] {
  const most = Math.max(sameScore, ...rows.map(score));
  return rows
    .filter((row) => score(row) > 0 && score(row) >= most - sameScore)
    .map(({ model, layer }) => ({ model, layer }));
}
