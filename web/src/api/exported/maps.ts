import type { components } from '../schema';
import type { Contents, Load, MapFile } from './files';
import { notInCopy } from './refusal';

type Chart = components['schemas']['Map'];

/** The map that a request asks for, of those that the copy has. */
export async function findMap(load: Load, { maps }: Contents, asked: URLSearchParams): Promise<Chart> {
  const method = asked.get('method') ?? 'umap';
  const wanted: [keyof MapFile, string][] = [
    ['model', asked.get('model') ?? ''],
    ['layer', asked.get('layer') ?? ''],
    ['pool', asked.get('pool') ?? 'avg'],
    ['transform', asked.get('transform') ?? 'sqrt-center'],
    ['method', method],
    ['aligned', asked.get('aligned') ?? 'false'],
    // Principal components know no metric, and have nothing to choose.
    ...(method === 'pca' ? [] : [
      ['metric', asked.get('metric') ?? 'cosine'],
      ['neighbours', asked.get('neighbours') ?? '15'],
      ['min_dist', asked.get('min_dist') ?? '0.1'],
      ['seed', asked.get('seed') ?? '42'],
    ] satisfies [keyof MapFile, string][]),
  ];
  const found = maps.find((map) => wanted.every(([name, value]) => String(map[name]) === value));
  if (!found) throw notInCopy('this map');
  const { file, ...info } = found;
  return { ...info, ...await load<Pick<Chart, 'images' | 'x' | 'y'>>(`maps/${file}.json`) } as Chart;
}
