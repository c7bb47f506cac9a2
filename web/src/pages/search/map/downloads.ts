import type { DatasetDetail, FinishedMap } from '../../../api/types';
import { csv } from '../../../lib/csv';
import type { Placed } from './places';

/** A map, or a part of it, as design has it for other programs: its recipe and the places. */
export function mapJSON(map: FinishedMap, dataset: DatasetDetail, images: ReadonlySet<number> | null): string {
  const { images: all, x, y, ...recipe } = map;
  const points = all.flatMap((index, slot) => (images?.has(index) === false ? [] : [{
    index, class: dataset.images[index]?.class ?? '', x: x[slot] ?? 0, y: y[slot] ?? 0,
  }]));
  return JSON.stringify({ ...recipe, points });
}

/** The same as a table: index, file, class, x, y. */
export function mapCSV({ images: all, x, y }: Placed, dataset: DatasetDetail, images: ReadonlySet<number> | null): string {
  const rows = all.flatMap((index, slot) => {
    if (images?.has(index) === false) return [];
    const image = dataset.images[index];
    return [[index, image?.file ?? '', image?.class ?? '', x[slot] ?? 0, y[slot] ?? 0]];
  });
  return csv([['index', 'file', 'class', 'x', 'y'], ...rows]);
}
