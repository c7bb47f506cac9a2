import type { components } from '../schema';
import type { ModelSummary } from '../types';
import type { Contents, Load, MapFile } from './files';
import { notInCopy } from './refusal';

type Chart = components['schemas']['Map'];

/** The map that a request asks for, of those that the copy has. */
export async function findMap(load: Load, { maps }: Contents, models: readonly ModelSummary[], asked: URLSearchParams): Promise<Chart> {
  const model = asked.get('model') ?? models[0]?.name ?? '';
  const layer = asked.get('layer') ?? models.find(({ name }) => name === model)?.default_layer ?? '';
  const method = asked.get('method') ?? 'umap';
  const wanted: [keyof MapFile, string][] = [
    ['model', model],
    ['layer', layer],
    ['pool', asked.get('pool') ?? 'avg'],
    ['transform', asked.get('transform') ?? 'sqrt-center'],
    ['method', method],
    // Principal components know no metric, and have nothing to choose.
    ...(method === 'pca' ? [] : [
      ['metric', asked.get('metric') ?? 'cosine'],
      ['neighbours', asked.get('neighbours') ?? '15'],
      ['min_dist', asked.get('min_dist') ?? '0.1'],
      ['seed', asked.get('seed') ?? '42'],
    ] satisfies [keyof MapFile, string][]),
  ];
  const matching = maps.filter((map) => wanted.every(([name, value]) => String(map[name]) === value));
  // Turned to the map before or not, it shows the same.
  const found = matching.find(({ aligned }) => String(aligned) === asked.get('aligned')) ?? matching[0];
  if (!found) throw notInCopy(`this map of ${layer}`);
  const { file, ...info } = found;
  return { ...info, ...await load<Pick<Chart, 'images' | 'x' | 'y'>>(`maps/${file}.json`) } as Chart;
}
