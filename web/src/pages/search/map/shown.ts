import type { Projection, Size } from './camera';
import { holds, type Quadtree } from './quadtree';
import type { Side } from './sheets';

/** A picture on the screen: its slot, and its middle. */
export interface Shown {
  slot: number;
  x: number;
  y: number;
}

const filled = 0.55;
const steps = [{ from: 110, side: 96 }, { from: 66, side: 64 }, { from: 42, side: 44 }, { from: 28, side: 32 }];

/** How large pictures are when so many are in view, in pixels; 0 where there is no room for them. */
export function pictureSide(inView: number, { width, height }: Size): number {
  const share = Math.sqrt((filled * width * height) / Math.max(inView, 1));
  return steps.find(({ from }) => share >= from)?.side ?? 0;
}

/** The side of sheets for pictures of a side on a screen with so many pixels to one of the page. */
export function sheetSide(side: number, ratio: number): Side {
  const pixels = side * ratio;
  return pixels <= 32 ? 32 : pixels <= 64 ? 64 : 128;
}

/**
 * The points that are shown as pictures: those that go first, then of each cell
 * about as large as a picture the first, and of all that would overlap the first
 * again. Which they are depends on the magnification, not on what is in view,
 * but for the edge.
 */
export function chooseShown(
  tree: Quadtree, place: (slot: number) => { x: number; y: number }, projection: Projection, size: Size, side: number,
  accepts: (slot: number) => boolean, first: readonly number[] = [],
): Shown[] {
  const depth = Math.min(Math.max(Math.floor(Math.log2((2 * projection.scale) / side)), 0), 16);
  const slots: number[] = [];
  const seen = projection.seen(size, 2 * side);
  tree.cells(depth, seen, (from, end) => {
    let least = Infinity;
    for (let i = from; i < end; i++) {
      const slot = tree.order[i] ?? 0;
      if (slot < least && accepts(slot)) least = slot;
    }
    if (least < Infinity) slots.push(least);
  });
  slots.sort((a, b) => a - b);
  const inView = first.filter((slot) => {
    const { x, y } = place(slot);
    return holds(seen, x, y);
  });
  return withoutOverlap([...new Set([...inView, ...slots])], (slot) => {
    const { x, y } = place(slot);
    return { x: projection.screenX(x), y: projection.screenY(y) };
  }, side);
}

/** Of squares of a side around places, in their order, those that do not overlap one before. */
function withoutOverlap(slots: readonly number[], place: (slot: number) => { x: number; y: number }, side: number): Shown[] {
  const taken = new Map<string, Shown>(); // at most one in a cell of the side
  const shown: Shown[] = [];
  for (const slot of slots) {
    const { x, y } = place(slot);
    const [column, row] = [Math.floor(x / side), Math.floor(y / side)];
    if (isTaken(taken, column, row, x, y, side)) continue;
    const picture = { slot, x, y };
    taken.set(`${column} ${row}`, picture);
    shown.push(picture);
  }
  return shown;
}

function isTaken(taken: ReadonlyMap<string, Shown>, column: number, row: number, x: number, y: number, side: number): boolean {
  for (let c = column - 1; c <= column + 1; c++) {
    for (let r = row - 1; r <= row + 1; r++) {
      const other = taken.get(`${c} ${r}`);
      if (other && Math.abs(other.x - x) < side && Math.abs(other.y - y) < side) return true;
    }
  }
  return false;
}
