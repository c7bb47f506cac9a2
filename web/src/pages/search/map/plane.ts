import type { DatasetDetail } from '../../../api/types';
import { highlight } from '../../../state/highlight';
import { panned, Projection, seesAll, whole, within, zoomed, type Camera, type Size } from './camera';
import { boxAround, inPolygon, type Point } from './lasso';
import { dimmed, filtered, full, type Look, type Points } from './look';
import { markOf, shapes, type Mark, type Theme } from './marks';
import { even, Motion, smooth } from './motion';
import { drawLasso, drawLines, drawLit, drawPicture, drawQuery, drawRinged, type Overlay } from './overlay';
import { layOut, slotOf, type Placed } from './places';
import { openPlainPoints, openPoints } from './points';
import { Quadtree } from './quadtree';
import { Sheets } from './sheets';
import { chooseShown, countInView, pictureSide, sheetSide, type Shown } from './shown';

/** What the plane tells of what was done on it. */
export interface Listeners {
  /** A picture is to become the query. */
  open: (image: number) => void;
  /** Pictures were caught by a lasso or a box, or let go: then there are none. */
  select: (images: readonly number[]) => void;
  /** The map was moved; null for the whole map. */
  look: (camera: Camera | null) => void;
  /** The keyboard came to a picture. */
  reach: (image: number) => void;
}

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
}

/** The picture under the pointer, and where on the plane it is. */
export interface Card {
  image: number;
  x: number;
  y: number;
}

export type Tool = 'move' | 'lasso' | 'box';

const transition = 800; // milliseconds
const frameTime = 220;
const pickReach = 12; // pixels
const leafSize = 96;
const mostOnSheet = 256;
const nothing: Found = { query: null, results: [] };

/**
 * The map on the screen: points, and over them pictures, lines and rings. It
 * draws when something has changed, and knows nothing of the page around it.
 */
export class Plane {
  readonly host: HTMLElement;
  private points: Points;
  private readonly cover = document.createElement('canvas');
  private listeners: Listeners | null = null;

  private size: Size = { width: 0, height: 0 };
  private theme: Theme;
  private camera: Camera = whole;
  private motion: Motion | null = null;
  private tree: Quadtree | null = null;
  private leaves: Int32Array | null = null;
  private dataset: DatasetDetail | null = null;
  private sheets: Sheets | null = null;
  private dress: Dress | null = null;
  private look: Look = { glyph: new Uint8Array(), colour: new Uint8Array(), seen: new Uint8Array() };
  private found: Found = nothing;
  private wantsPictures = true;
  private shown: Shown[] = [];
  private side = 0;
  private lasso: readonly Point[] = [];

  private card: Card | null = null;
  private readonly cardListeners = new Set<() => void>();
  private next = 0;
  private readonly ends: (() => void)[] = [];

  constructor(host: HTMLElement) {
    this.host = host;
    this.points = openPoints();
    this.theme = themeOf(host);
    this.cover.className = 'plane__canvas';
    host.append(this.cover);
    this.mount();
    const observer = new ResizeObserver(() => { this.measure(); });
    observer.observe(host);
    const dark = window.matchMedia('(prefers-color-scheme: dark)');
    const repaint = () => {
      this.theme = themeOf(host);
      this.invalidate();
    };
    dark.addEventListener('change', repaint);
    this.ends.push(
      () => { observer.disconnect(); },
      () => { dark.removeEventListener('change', repaint); },
      highlight.subscribe(() => { this.invalidate(); }),
    );
    this.measure();
  }

  close(): void {
    cancelAnimationFrame(this.next);
    for (const end of this.ends) end();
    this.listeners = null;
    this.sheets?.close();
    this.unmount();
    this.cover.remove();
    if (this.card) highlight.leave(this.card.image);
  }

  listen(listeners: Listeners): void {
    this.listeners = listeners;
  }

  /** Takes the set whose pictures are on the map. */
  open(dataset: DatasetDetail): void {
    if (this.dataset?.name !== dataset.name) {
      this.motion = null;
      this.tree = null;
      this.shown = [];
    }
    this.dataset = dataset;
    this.sheets?.close();
    this.sheets = new Sheets(dataset.name, dataset.version, () => { this.invalidate(); });
    this.invalidate();
  }

  /** Takes where the pictures are: of a finished map, or of one that settles, whose frames follow one another. */
  show(placed: Placed, settling: boolean): void {
    const places = layOut(placed);
    const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    const duration = still ? 0 : settling ? frameTime : transition;
    this.motion = new Motion(places, this.motion ?? undefined, performance.now(), duration, settling ? even : smooth);
    this.tree = null;
    this.leaves = null;
    this.points.move(this.motion);
    this.redress();
    this.point(null);
    this.camera = within(this.camera, places.extent);
  }

  /** Takes how the pictures are told apart. */
  wear(dress: Dress): void {
    this.dress = dress;
    this.redress();
  }

  find(found: Found): void {
    this.found = found;
    this.invalidate();
  }

  showPictures(wanted: boolean): void {
    this.wantsPictures = wanted;
    this.invalidate();
  }

  // ---- the camera

  /** Whether all of the map is in view. */
  get seesAll(): boolean {
    return seesAll(this.camera);
  }

  /** Looks at a part of the map; null for all of it. Nobody is told. */
  lookAt(camera: Camera | null): void {
    this.camera = camera ? within(camera, this.extent()) : whole;
    this.moved();
  }

  zoomBy(factor: number, at: Point = { x: this.size.width / 2, y: this.size.height / 2 }): void {
    this.camera = zoomed(this.camera, factor, at, this.size, this.extent());
    this.tell();
  }

  panBy(dx: number, dy: number): void {
    this.camera = panned(this.camera, dx, dy, this.size, this.extent());
    this.tell();
  }

  reset(): void {
    this.camera = whole;
    this.tell();
  }

  private tell(): void {
    this.moved();
    this.listeners?.look(this.seesAll ? null : this.camera);
  }

  private moved(): void {
    if (this.card) this.setCard(null);
    this.host.classList.toggle('plane--near', !this.seesAll);
    this.invalidate();
  }

  private extent() {
    return this.motion?.extent(1) ?? { x: 1, y: 1 };
  }

  // ---- pointing

  /** The picture at a place on the screen, or null. */
  pick({ x, y }: Point): number | null {
    const { motion } = this;
    if (!motion) return null;
    const half = this.side / 2;
    const picture = this.shown.findLast((s) => Math.abs(s.x - x) <= half && Math.abs(s.y - y) <= half && this.accepts(s.slot));
    const projection = this.projection(1);
    const slot = picture?.slot
      ?? this.quadtree()?.nearest(projection.mapX(x), projection.mapY(y), pickReach / projection.scale, this.accepts) ?? null;
    return slot === null ? null : motion.places.images[slot] ?? null;
  }

  /** Lights a picture up, with its card; null for none. */
  point(image: number | null): void {
    if (this.card?.image === image) return;
    if (this.card) highlight.leave(this.card.image);
    const at = image === null ? null : this.placeOf(image);
    this.setCard(image === null || !at ? null : { image, ...at });
    if (image !== null) highlight.set(image);
  }

  /** The picture that has the card. */
  get pointed(): number | null {
    return this.card?.image ?? null;
  }

  openPicture(image: number): void {
    this.listeners?.open(image);
  }

  readonly getCard = (): Card | null => this.card;

  readonly subscribeCard = (listener: () => void): (() => void) => {
    this.cardListeners.add(listener);
    return () => { this.cardListeners.delete(listener); };
  };

  private setCard(card: Card | null): void {
    this.card = card;
    for (const listener of this.cardListeners) listener();
  }

  // ---- catching

  /** Draws the line of a lasso that is under way; none for no corners. */
  draw(corners: readonly Point[]): void {
    this.lasso = corners;
    this.invalidate();
  }

  /** Catches the pictures inside corners on the screen. */
  catch(corners: readonly Point[]): void {
    this.draw([]);
    const { motion } = this;
    const tree = this.quadtree();
    if (!motion || !tree) return;
    const projection = this.projection(1);
    const polygon = corners.map(({ x, y }) => ({ x: projection.mapX(x), y: projection.mapY(y) }));
    const images: number[] = [];
    tree.visit(boxAround(polygon), (slot) => {
      if (this.accepts(slot) && inPolygon(polygon, motion.x(slot, 1), motion.y(slot, 1))) images.push(motion.places.images[slot] ?? 0);
    });
    this.listeners?.select(images.sort((a, b) => a - b));
  }

  /** Lets go of what was caught. */
  letGo(): void {
    this.listeners?.select([]);
  }

  get hasCaught(): boolean {
    return this.dress?.selected != null;
  }

  // ---- going from picture to picture

  /** The pictures that can be pointed at with their distance on the map from one of them, which comes first. */
  byDistance(image: number): number[] {
    const { motion } = this;
    const from = motion && slotOf(motion.places.images, image);
    if (!motion || from === null) return [];
    const { images, x, y } = motion.places;
    const distances = Float64Array.from(x, (px, slot) => (px - (x[from] ?? 0)) ** 2 + ((y[slot] ?? 0) - (y[from] ?? 0)) ** 2);
    const others = [...images.keys()].filter((slot) => slot !== from && this.accepts(slot));
    others.sort((a, b) => (distances[a] ?? 0) - (distances[b] ?? 0) || a - b);
    return [from, ...others].map((slot) => images[slot] ?? 0);
  }

  /** The nearest picture within 45° of a direction from another; null where there is none. */
  towards(image: number, dx: number, dy: number): number | null {
    const { motion } = this;
    if (!motion) return null;
    const from = this.mapPlace(image);
    if (!from) return null;
    return this.byDistance(image).slice(1).find((other) => {
      const to = this.mapPlace(other);
      if (!to) return false;
      const [x, y] = [to.x - from.x, to.y - from.y];
      return x * dx + y * dy > 0 && Math.abs(x * dx + y * dy) >= Math.abs(x * dy - y * dx);
    }) ?? null;
  }

  /** Where the keyboard begins: at the query, or at the picture nearest to the middle. */
  begin(): number | null {
    const { query } = this.found;
    if (query && 'image' in query && this.mapPlace(query.image)) return query.image;
    const projection = this.projection(1);
    const slot = this.quadtree()?.nearest(this.camera.x, this.camera.y, 4 / Math.min(projection.scale, 1), this.accepts) ?? null;
    return slot === null ? null : this.motion?.places.images[slot] ?? null;
  }

  /** Points at a picture by keyboard: it comes into view, and is named. */
  reach(image: number): void {
    const place = this.mapPlace(image);
    if (!place) return;
    const at = this.placeOf(image);
    const { width, height } = this.size;
    if (at && (at.x < 40 || at.y < 40 || at.x > width - 40 || at.y > height - 40)) {
      this.camera = within({ ...this.camera, ...place }, this.extent());
      this.tell();
    }
    this.point(image);
    this.listeners?.reach(image);
  }

  // ---- drawing

  /** The map as it is on the screen, on the paper of the page. */
  snapshot(): HTMLCanvasElement {
    this.paint(performance.now());
    const copy = document.createElement('canvas');
    copy.width = this.cover.width;
    copy.height = this.cover.height;
    const context = copy.getContext('2d');
    if (context) {
      context.fillStyle = this.theme.paper;
      context.fillRect(0, 0, copy.width, copy.height);
      context.drawImage(this.points.canvas, 0, 0);
      context.drawImage(this.cover, 0, 0);
    }
    return copy;
  }

  get colours(): Theme {
    return this.theme;
  }

  private readonly accepts = (slot: number): boolean => this.look.seen[slot] !== filtered;

  private projection(share: number): Projection {
    return new Projection(this.camera, this.size, this.motion?.extent(share) ?? { x: 1, y: 1 });
  }

  private quadtree(): Quadtree | null {
    this.tree ??= this.motion && new Quadtree(this.motion.places.x, this.motion.places.y);
    return this.tree;
  }

  private mapPlace(image: number): Point | null {
    const slot = this.motion && slotOf(this.motion.places.images, image);
    return this.motion && slot !== null ? { x: this.motion.x(slot, 1), y: this.motion.y(slot, 1) } : null;
  }

  /** Where a picture is on the screen, or will be when the points have come to rest. */
  private placeOf(image: number): Point | null {
    const place = this.mapPlace(image);
    const projection = this.projection(1);
    return place && { x: projection.screenX(place.x), y: projection.screenY(place.y) };
  }

  private measure(): void {
    const { width, height } = this.host.getBoundingClientRect();
    this.size = { width: Math.round(width), height: Math.round(height) };
    this.invalidate();
  }

  /** Puts the points' canvas below the cover. */
  private mount(): void {
    const { canvas } = this.points;
    canvas.className = 'plane__canvas';
    this.host.prepend(canvas);
    this.host.dataset.points = this.points.kind;
    canvas.addEventListener('webglcontextlost', this.lost);
    if (this.motion) this.points.move(this.motion);
    this.points.dress(this.look);
    this.invalidate();
  }

  private unmount(): void {
    this.points.canvas.removeEventListener('webglcontextlost', this.lost);
    this.points.close();
  }

  /** The graphics memory is gone, with what was in it: a plain canvas takes over. */
  private readonly lost = (): void => {
    this.unmount();
    this.points = openPlainPoints();
    this.mount();
  };

  private redress(): void {
    const { motion, dress } = this;
    if (!motion || !dress) return;
    const { images } = motion.places;
    const look: Look = { glyph: new Uint8Array(images.length), colour: new Uint8Array(images.length), seen: new Uint8Array(images.length) };
    images.forEach((image, slot) => {
      const position = dress.classes[image] ?? -1;
      const { colour, shape, fill } = markOf(position);
      look.glyph[slot] = shape + fill * shapes.length;
      look.colour[slot] = colour;
      look.seen[slot] = dress.shown?.has(position) === false ? filtered : dress.selected?.has(image) === false ? dimmed : full;
    });
    this.look = look;
    this.points.dress(look);
    this.invalidate();
  }

  private invalidate(): void {
    if (this.next !== 0) return;
    this.next = requestAnimationFrame((now) => {
      this.next = 0;
      this.paint(now);
      if (this.motion?.moves(now)) this.invalidate();
    });
  }

  private paint(now: number): void {
    const { motion, size, theme } = this;
    const ratio = window.devicePixelRatio;
    const share = motion?.share(now) ?? 1;
    const projection = this.projection(share);
    const radius = this.radius();
    if (motion) this.points.draw({ size, ratio, projection, share, radius, theme });
    const context = sized(this.cover, size, ratio);
    if (!context) return;
    const overlay = { context, theme };
    if (motion) this.paintPictures(overlay, motion, projection, share, radius, ratio);
    if (this.lasso.length > 0) drawLasso(overlay, this.lasso);
  }

  private paintPictures(overlay: Overlay, motion: Motion, projection: Projection, share: number, radius: number, ratio: number): void {
    const at = (slot: number) => ({ x: projection.screenX(motion.x(slot, share)), y: projection.screenY(motion.y(slot, share)) });
    const { query, results } = this.found;
    const found = results.flatMap((image) => slotOf(motion.places.images, image) ?? []);
    const asked = query && 'image' in query ? slotOf(motion.places.images, query.image) : null;
    const from = asked !== null ? at(asked) : query && 'x' in query ? toScreen(projection, motion.places.place(query.x, query.y)) : null;
    if (from) drawLines(overlay, from, found.map(at));

    this.choose(motion, ratio);
    const emphasised = new Set(found);
    for (const shown of this.shown) {
      const place = at(shown.slot);
      if (share < 1) Object.assign(shown, place);
      if (shown.slot === asked) continue;
      this.paintPicture(overlay, motion, shown.slot, place, ratio, emphasised.delete(shown.slot) ? 'found' : 'none');
    }
    for (const slot of emphasised) {
      if (slot !== asked) drawRinged(overlay, at(slot), this.markAt(slot), radius);
    }
    if (asked !== null && from && !(this.side > 0 && this.paintPicture(overlay, motion, asked, from, ratio, 'query'))) {
      drawQuery(overlay, from, this.markAt(asked), radius);
    }
    if (asked === null && from) drawQuery(overlay, from, markOf(-1), radius);
    const lit = highlight.get();
    const slot = lit === null ? null : slotOf(motion.places.images, lit);
    if (slot !== null) drawLit(overlay, at(slot), this.shown.some((s) => s.slot === slot) ? this.side * 0.62 + 3 : radius * 1.5 + 5);
  }

  /** Draws a picture, if it is here. */
  private paintPicture(overlay: Overlay, motion: Motion, slot: number, at: Point, ratio: number, emphasis: 'none' | 'found' | 'query'): boolean {
    const image = motion.places.images[slot] ?? 0;
    const cell = this.sheets?.get(image, sheetSide(this.side, ratio));
    const picture = this.dataset?.images[image];
    if (!cell || !picture) return false;
    drawPicture(overlay, {
      at, cell, emphasis,
      side: emphasis === 'query' ? this.side * 1.25 : this.side,
      width: picture.width, height: picture.height,
      mark: this.markAt(slot),
      faint: this.look.seen[slot] === dimmed,
    });
    return true;
  }

  /** Chooses what is shown as pictures once the points are at rest, and asks for them. */
  private choose(motion: Motion, ratio: number): void {
    const tree = this.quadtree();
    const projection = this.projection(1);
    this.shown = [];
    this.side = 0;
    if (!this.wantsPictures || !tree || !this.sheets) return;
    const most = (this.size.width * this.size.height) / 32 ** 2;
    this.side = pictureSide(countInView(tree, projection.seen(this.size), this.accepts, most), this.size);
    if (this.side === 0) return;
    const place = (slot: number) => ({ x: motion.x(slot, 1), y: motion.y(slot, 1) });
    this.shown = chooseShown(tree, place, projection, this.size, this.side, this.accepts);
    const images = this.shown.map(({ slot }) => motion.places.images[slot] ?? 0);
    this.sheets.want(images, sheetSide(this.side, ratio), (image) => this.onOneSheet(motion, image));
  }

  /** The images on the sheet of one: those of its cell of the map, so that others near it ask for the same. */
  private onOneSheet(motion: Motion, image: number): number[] {
    const tree = this.quadtree();
    const slot = slotOf(motion.places.images, image);
    if (!tree || slot === null) return [image];
    this.leaves ??= leafStarts(tree, motion.places.images.length);
    const first = this.leaves[2 * slot] ?? 0;
    const slots = tree.order.subarray(first, Math.min(this.leaves[2 * slot + 1] ?? 0, first + mostOnSheet));
    const images = Array.from(slots, (s) => motion.places.images[s] ?? 0);
    if (!images.includes(image)) images[0] = image;
    return images.sort((a, b) => a - b);
  }

  /** How large marks are: the fewer there are in a part of the screen, the larger. */
  private radius(): number {
    const count = this.motion?.places.images.length ?? 0;
    const apart = Math.sqrt((this.size.width * this.size.height) / Math.max(count, 1)) * Math.sqrt(this.camera.zoom);
    return Math.min(Math.max(apart * 0.14, 2), 6);
  }

  private markAt(slot: number): Mark {
    return markOf(this.dress?.classes[this.motion?.places.images[slot] ?? -1] ?? -1);
  }
}

/** For each slot, where its leaf begins and ends in the order. */
function leafStarts(tree: Quadtree, count: number): Int32Array {
  const starts = new Int32Array(2 * count);
  for (const { first, end } of tree.leaves(leafSize)) {
    for (let i = first; i < end; i++) starts.set([first, end], 2 * (tree.order[i] ?? 0));
  }
  return starts;
}

function toScreen(projection: Projection, { x, y }: Point): Point {
  return { x: projection.screenX(x), y: projection.screenY(y) };
}

/** A canvas' context, cleared and in pixels of the page. */
function sized(canvas: HTMLCanvasElement, { width, height }: Size, ratio: number): CanvasRenderingContext2D | null {
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w) canvas.width = w;
  if (canvas.height !== h) canvas.height = h;
  const context = canvas.getContext('2d');
  context?.setTransform(1, 0, 0, 1, 0, 0);
  context?.clearRect(0, 0, w, h);
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

function themeOf(element: HTMLElement): Theme {
  const style = getComputedStyle(element);
  const token = (name: string, otherwise: string) => style.getPropertyValue(`--cds-${name}`).trim() || otherwise;
  return {
    dark: window.matchMedia('(prefers-color-scheme: dark)').matches,
    paper: token('background', '#ffffff'),
    ink: token('text-primary', '#161616'),
    line: token('border-subtle', '#e0e0e0'),
    focus: token('border-interactive', '#0f62fe'),
  };
}
