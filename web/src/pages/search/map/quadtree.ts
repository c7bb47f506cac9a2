import type { Box } from './camera';

const depths = 16; // bits of each coordinate
const few = 16;

/**
 * Points of the square from -1 to 1, sorted along a Z-order curve (Morton 1966):
 * every cell of a quadtree over them is then a range of that order, and no tree
 * has to be built.
 */
export class Quadtree {
  /** Slots of the points, cell after cell. */
  readonly order: Uint32Array;
  private readonly codes: Uint32Array;
  private readonly x: Float32Array;
  private readonly y: Float32Array;

  constructor(x: Float32Array, y: Float32Array) {
    this.x = x;
    this.y = y;
    // A code and a slot fit into the 53 bits of a whole number, and such numbers sort fast.
    const keys = new Float64Array(x.length);
    for (let slot = 0; slot < x.length; slot++) keys[slot] = code(x[slot] ?? 0, y[slot] ?? 0) * 2 ** 21 + slot;
    keys.sort();
    this.order = Uint32Array.from(keys, (key) => key % 2 ** 21);
    this.codes = Uint32Array.from(keys, (key) => Math.floor(key / 2 ** 21));
  }

  /** The point that is nearest to a place and not farther than reach, among those that are accepted; null for none. */
  nearest(px: number, py: number, reach: number, accepts: (slot: number) => boolean): number | null {
    let [best, least] = [null as number | null, reach * reach];
    this.visit({ left: px - reach, right: px + reach, low: py - reach, high: py + reach }, (slot) => {
      const distance = ((this.x[slot] ?? 0) - px) ** 2 + ((this.y[slot] ?? 0) - py) ** 2;
      if (distance <= least && (distance < least || best === null || slot < best) && accepts(slot)) {
        best = slot;
        least = distance;
      }
    });
    return best;
  }

  /** Calls a function for every point in a box. */
  visit(box: Box, take: (slot: number) => void): void {
    this.descend(0, 0, 0, this.order.length, box, (depth, _, first, end) => {
      if (depth < depths && end - first > few) return true;
      for (let i = first; i < end; i++) {
        const slot = this.order[i] ?? 0;
        if (holds(box, this.x[slot] ?? 0, this.y[slot] ?? 0)) take(slot);
      }
      return false;
    });
  }

  /** How many points that are accepted lie in a box; counts no further than most. */
  count(box: Box, most: number, accepts: (slot: number) => boolean): number {
    let count = 0;
    this.descend(0, 0, 0, this.order.length, box, (depth, _, first, end) => {
      if (count >= most) return false;
      if (depth < depths && end - first > few) return true;
      for (let i = first; i < end && count < most; i++) {
        const slot = this.order[i] ?? 0;
        if (holds(box, this.x[slot] ?? 0, this.y[slot] ?? 0) && accepts(slot)) count++;
      }
      return false;
    });
    return count;
  }

  /**
   * Calls a function for every cell with a point in it that touches a box, at a
   * depth at which a cell is 2 / 2^depth wide: with its range in the order.
   */
  cells(depth: number, box: Box, take: (first: number, end: number) => void): void {
    this.descend(0, 0, 0, this.order.length, box, (at, _, first, end) => {
      if (at < depth) return true;
      take(first, end);
      return false;
    });
  }

  /**
   * The largest cells with no more than so many points, as ranges in the order.
   * They do not depend on what is seen of the map.
   */
  leaves(most: number): { first: number; end: number }[] {
    const leaves: { first: number; end: number }[] = [];
    this.descend(0, 0, 0, this.order.length, { left: -1, right: 1, low: -1, high: 1 }, (depth, _, first, end) => {
      if (end - first > most && depth < depths) return true;
      leaves.push({ first, end });
      return false;
    });
    return leaves;
  }

  /** Goes down from a cell, to its quarters that touch the box and are not empty, as long as the function says so. */
  private descend(
    depth: number, at: number, first: number, end: number, box: Box,
    enter: (depth: number, at: number, first: number, end: number) => boolean,
  ): void {
    if (first >= end || !touches(box, depth, at) || !enter(depth, at, first, end)) return;
    const span = 4 ** (depths - depth - 1); // codes in a quarter
    let from = first;
    for (let quarter = 0; quarter < 4; quarter++) {
      const to = quarter === 3 ? end : this.search(at + (quarter + 1) * span, from, end);
      this.descend(depth + 1, at + quarter * span, from, to, box, enter);
      from = to;
    }
  }

  /** The first position from low on whose code is not less than the one given. */
  private search(wanted: number, low: number, high: number): number {
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.codes[middle] ?? Infinity) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export function holds({ left, right, low, high }: Box, x: number, y: number): boolean {
  return x >= left && x <= right && y >= low && y <= high;
}

/** Whether a cell, by its depth and the first of its codes, touches a box. Cells at the edge hold what lies beyond it too. */
function touches(box: Box, depth: number, at: number): boolean {
  const side = 2 ** (depths - depth);
  const [x, y] = [gather(at), gather(at >>> 1)];
  return step(box.right) >= x && step(box.left) < x + side && step(box.high) >= y && step(box.low) < y + side;
}

function code(x: number, y: number): number {
  return (spread(step(x)) | (spread(step(y)) << 1)) >>> 0;
}

/** The whole number 0 … 2^16 - 1 of a coordinate. */
function step(value: number): number {
  return Math.min(Math.max(Math.floor((value + 1) * 2 ** (depths - 1)), 0), 2 ** depths - 1);
}

/** Puts a nought before every bit. */
function spread(bits: number): number {
  let b = bits;
  b = (b | (b << 8)) & 0x00ff00ff;
  b = (b | (b << 4)) & 0x0f0f0f0f;
  b = (b | (b << 2)) & 0x33333333;
  return (b | (b << 1)) & 0x55555555;
}

/** Takes every second bit, from the lowest on. */
function gather(bits: number): number {
  let b = bits & 0x55555555;
  b = (b | (b >>> 1)) & 0x33333333;
  b = (b | (b >>> 2)) & 0x0f0f0f0f;
  b = (b | (b >>> 4)) & 0x00ff00ff;
  return (b | (b >>> 8)) & 0x0000ffff;
}
