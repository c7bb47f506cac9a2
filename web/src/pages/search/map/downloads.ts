import type { DatasetDetail, FinishedMap } from '../../../api/types';
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
    return [[String(index), image?.file ?? '', image?.class ?? '', String(x[slot] ?? 0), String(y[slot] ?? 0)]];
  });
  return [['index', 'file', 'class', 'x', 'y'], ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

/** A field of a CSV file (RFC 4180). */
function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Hands a file to the user. */
export function download(content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser has the file by the next turn, but is not bound to.
  setTimeout(() => { URL.revokeObjectURL(link.href); }, 10_000);
}
