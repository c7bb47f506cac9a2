import { chunk, type Row } from '../../lib/grid';
import { shuffledOrder } from '../../lib/shuffle';
import type { Arrangement } from '../../state/view';

// Any number does; this one puts a telling picture of the built-in set first.
const seed = 44;

/** The pictures in the order in which the grid shows them. */
export function gridOrder(count: number): number[] {
  return shuffledOrder(count, seed);
}

/** Lays pictures out in rows of the given number of columns: all of them, or some alone. */
export function layRows(classes: readonly string[], arrangement: Arrangement, columns: number, alone: ReadonlySet<number> | null = null): Row[] {
  const laid = (image: number) => alone?.has(image) ?? true;
  if (arrangement === 'all') return chunk(gridOrder(classes.length).filter(laid), columns);
  const members = new Map<string, number[]>();
  classes.forEach((name, i) => {
    if (!laid(i)) return;
    const list = members.get(name);
    if (list) list.push(i);
    else members.set(name, [i]);
  });
  const order = new Intl.Collator('en', { numeric: true });
  return [...members.keys()].sort(order.compare).flatMap((name) => {
    const images = members.get(name) ?? [];
    return [{ kind: 'heading' as const, class: name, images: images.length }, ...chunk(images, columns)];
  });
}
