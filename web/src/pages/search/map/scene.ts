import type { Extent, Size } from './camera';
import { boxAround, inPolygon, type Point } from './lasso';
import { dimmed, filtered, full, type Look } from './look';
import { markOf, shapes, type Mark } from './marks';
import { even, Motion, smooth } from './motion';
import { layOut, slotOf, type Placed } from './places';
import { Quadtree } from './quadtree';

/** How pictures are told apart on the map. */
export interface Dress {
  /** The position of each picture's class in the set's list, -1 for none. */
  classes: Int32Array;
  /** The classes that are shown; null for all. */
  shown: ReadonlySet<number> | null;
  /** The pictures that were caught; null for none, all being seen then. */
  selected: ReadonlySet<number> | null;
}

/** The query, and what was found for it. */
export interface Found {
  /** A picture of the set, or a place of the map as the server tells them. */
  query: { image: number } | Point | null;
  results: readonly number[];
  /** The address of the query's picture; null for no query. */
  picture: string | null;
}

const transition = 800; // milliseconds
const frame = 220;
const leafSize = 96;
const mostOnSheet = 256;

/** What is on the map, and where: all that is known of it without a screen. Images are those of the set. */
export class Scene {
  motion: Motion | null = null;
  look: Look = { glyph: new Uint8Array(), colour: new Uint8Array(), seen: new Uint8Array() };
  found: Found = { query: null, results: [], picture: null };
  dress: Dress | null = null;
  /** Whether what is shown is on its way to a finished map. */
  settling = false;
  private tree: Quadtree | null = null;
  private leaves: Int32Array | null = null;

  /** Forgets where everything is. */
  clear(): void {
    this.motion = null;
    this.tree = null;
    this.leaves = null;
  }

  /** Takes where the pictures are: of a finished map, or of one that settles, whose frames follow one another. */
  show(placed: Placed, settling: boolean, now: number, still: boolean): Motion {
    const duration = still ? 0 : settling ? frame : transition;
    this.motion = new Motion(layOut(placed), this.motion ?? undefined, now, duration, settling ? even : smooth);
    this.settling = settling;
    this.tree = null;
    this.leaves = null;
    this.redress();
    return this.motion;
  }

  /** Takes how the pictures are told apart. */
  wear(dress: Dress): void {
    this.dress = dress;
    this.redress();
  }

  get images(): readonly number[] {
    return this.motion?.places.images ?? [];
  }

  get extent(): Extent {
    return this.motion?.extent(1) ?? { x: 1, y: 1 };
  }

  get quadtree(): Quadtree | null {
    this.tree ??= this.motion && new Quadtree(this.motion.places.x, this.motion.places.y);
    return this.tree;
  }

  /** Whether a point can be pointed at. */
  readonly accepts = (slot: number): boolean => this.look.seen[slot] !== filtered;

  slot(image: number): number | null {
    return slotOf(this.images, image);
  }

  image(slot: number): number {
    return this.images[slot] ?? -1;
  }

  mark(slot: number): Mark {
    return markOf(this.dress?.classes[this.image(slot)] ?? -1);
  }

  isFaint(slot: number): boolean {
    return this.look.seen[slot] === dimmed;
  }

  /** Where a point is on the map when it has come to rest. */
  readonly at = (slot: number): Point => ({ x: this.motion?.x(slot, 1) ?? 0, y: this.motion?.y(slot, 1) ?? 0 });

  /** Where a picture is on the map when it has come to rest, or null where it is not on it. */
  place(image: number): Point | null {
    const slot = this.slot(image);
    return slot === null ? null : this.at(slot);
  }

  /** The slot of the query, and those of what was found. */
  get foundSlots(): { query: number | null; results: number[] } {
    const { query, results } = this.found;
    return {
      query: query && 'image' in query ? this.slot(query.image) : null,
      results: results.flatMap((image) => this.slot(image) ?? []),
    };
  }

  /** The picture nearest to a place of the map, not farther than reach. */
  nearest({ x, y }: Point, reach: number): number | null {
    const slot = this.quadtree?.nearest(x, y, reach, this.accepts) ?? null;
    return slot === null ? null : this.image(slot);
  }

  /** The pictures inside corners on the map, ascending. */
  inside(corners: readonly Point[]): number[] {
    const images: number[] = [];
    this.quadtree?.visit(boxAround(corners), (slot) => {
      const { x, y } = this.at(slot);
      if (this.accepts(slot) && inPolygon(corners, x, y)) images.push(this.image(slot));
    });
    return images.sort((a, b) => a - b);
  }

  /** The pictures that can be pointed at by their distance from one of them, which comes first. */
  byDistance(image: number): number[] {
    const { motion } = this;
    const from = this.slot(image);
    if (!motion || from === null) return [];
    const { x, y } = motion.places;
    const distances = Float64Array.from(x, (px, slot) => (px - (x[from] ?? 0)) ** 2 + ((y[slot] ?? 0) - (y[from] ?? 0)) ** 2);
    const others = [...this.images.keys()].filter((slot) => slot !== from && this.accepts(slot));
    others.sort((a, b) => (distances[a] ?? 0) - (distances[b] ?? 0) || a - b);
    return [from, ...others].map((slot) => this.image(slot));
  }

  /** The nearest picture within 45° of a direction from another; null where there is none. */
  towards(image: number, dx: number, dy: number): number | null {
    const from = this.place(image);
    if (!from) return null;
    const ahead = this.byDistance(image).slice(1).find((other) => {
      const to = this.place(other) ?? from;
      const [x, y] = [to.x - from.x, to.y - from.y];
      const along = x * dx + y * dy;
      return along > 0 && along >= Math.abs(x * dy - y * dx);
    });
    return ahead ?? null;
  }

  /** Where the keyboard begins: at the query, or at the picture nearest to a place. */
  begin(middle: Point): number | null {
    const { query } = this.found;
    if (query && 'image' in query && this.slot(query.image) !== null) return query.image;
    return this.nearest(middle, 4);
  }

  /** The images on the sheet of one: those of its cell of the map, so that others near it ask for the same. */
  onOneSheet(image: number): number[] {
    const slot = this.slot(image);
    if (!this.quadtree || slot === null) return [image];
    this.leaves ??= leafRanges(this.quadtree, this.images.length);
    const first = this.leaves[2 * slot] ?? 0;
    const end = Math.min(this.leaves[2 * slot + 1] ?? 0, first + mostOnSheet);
    const images = Array.from(this.quadtree.order.subarray(first, end), (s) => this.image(s));
    if (!images.includes(image)) images[0] = image;
    return images.sort((a, b) => a - b);
  }

  /** How large marks are, in pixels: the fewer there are in a part of the screen, the larger. */
  radius({ width, height }: Size, zoom: number): number {
    const apart = Math.sqrt((width * height) / Math.max(this.images.length, 1)) * Math.sqrt(zoom);
    return Math.min(Math.max(apart * 0.14, 2), 6);
  }

  private redress(): void {
    const { dress, images } = this;
    if (!dress) return;
    const look: Look = { glyph: new Uint8Array(images.length), colour: new Uint8Array(images.length), seen: new Uint8Array(images.length) };
    images.forEach((image, slot) => {
      const position = dress.classes[image] ?? -1;
      const { colour, shape, fill } = markOf(position);
      look.glyph[slot] = shape + fill * shapes.length;
      look.colour[slot] = colour;
      look.seen[slot] = dress.shown?.has(position) === false ? filtered : dress.selected?.has(image) === false ? dimmed : full;
    });
    this.look = look;
  }
}

/** For each slot, where its leaf begins and ends in the order. */
function leafRanges(tree: Quadtree, count: number): Int32Array {
  const ranges = new Int32Array(2 * count);
  for (const { first, end } of tree.leaves(leafSize)) {
    for (let i = first; i < end; i++) ranges.set([first, end], 2 * (tree.order[i] ?? 0));
  }
  return ranges;
}
