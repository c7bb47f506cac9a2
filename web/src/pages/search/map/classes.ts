import type { DatasetDetail } from '../../../api/types';

/** A class as the legend lists it: its position in the set's list, -1 for pictures without a class. */
export interface ClassEntry {
  position: number;
  name: string;
  images: number;
}

/** The position of each picture's class in the set's list, -1 for none. */
export function classesOf({ classes, images }: DatasetDetail): Int32Array {
  const positions = new Map(classes.map(({ name }, position) => [name, position]));
  return Int32Array.from(images, (image) => (image.class === '' ? -1 : positions.get(image.class) ?? -1));
}

/** The classes that have pictures among those of a map, in the order of the set's list, those without a class last. */
export function legendOf({ classes }: DatasetDetail, classOf: Int32Array, images: readonly number[]): ClassEntry[] {
  const counts = new Map<number, number>();
  for (const image of images) {
    const position = classOf[image] ?? -1;
    counts.set(position, (counts.get(position) ?? 0) + 1);
  }
  return [...classes.keys(), -1].flatMap((position) => {
    const found = counts.get(position);
    return found === undefined ? [] : [{ position, name: classes[position]?.name ?? '', images: found }];
  });
}

/** Which classes are shown after one was pressed; null stands for all of them. */
export function pressed(all: readonly ClassEntry[], shown: ReadonlySet<number> | null, position: number): number[] | null {
  const next = all.map((entry) => entry.position).filter((p) => (p === position) !== (shown?.has(p) ?? true));
  return next.length === all.length ? null : next;
}
