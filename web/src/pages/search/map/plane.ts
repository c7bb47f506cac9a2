import type { DatasetDetail } from '../../../api/types';
import { highlight } from '../../../state/highlight';
import { panned, Projection, sameView, seesAll, whole, within, zoomed, type Camera, type Size } from './camera';
import { Gallery } from './gallery';
import type { Point } from './lasso';
import type { Points } from './look';
import type { Theme } from './marks';
import { drawLasso } from './overlay';
import { paint } from './paint';
import type { Placed } from './places';
import { openPlainPoints, openPoints } from './points';
import { Scene, type Dress, type Found } from './scene';

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

/** The picture under the pointer, and where on the plane it is. */
export interface Card {
  image: number;
  x: number;
  y: number;
}

export type Tool = 'move' | 'lasso' | 'box';

const pickReach = 12; // pixels
const edge = 40; // pixels

/**
 * The map on the screen: points, and over them pictures, lines and rings. It
 * draws when something has changed, and knows nothing of the page around it.
 */
export class Plane {
  readonly host: HTMLElement;
  readonly scene = new Scene();
  private readonly gallery = new Gallery();
  private points: Points;
  private readonly cover = document.createElement('canvas');
  private listeners: Listeners | null = null;

  private dataset = '';
  private size: Size = { width: 0, height: 0 };
  private theme: Theme;
  private camera: Camera = whole;
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
    this.gallery.close();
    this.unmount();
    this.cover.remove();
    if (this.card) highlight.leave(this.card.image);
  }

  listen(listeners: Listeners): void {
    this.listeners = listeners;
  }

  // ---- what is on the map

  /** Takes the set whose pictures are on the map. */
  open(dataset: DatasetDetail): void {
    if (this.dataset !== dataset.name) this.scene.clear();
    this.dataset = dataset.name;
    this.gallery.open(dataset, () => { this.invalidate(); });
    this.invalidate();
  }

  /** Takes where the pictures are: of a finished map, or of one that settles. */
  show(placed: Placed, settling: boolean): void {
    const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.points.move(this.scene.show(placed, settling, performance.now(), still));
    this.points.dress(this.scene.look);
    this.point(null);
    this.camera = within(this.camera, this.scene.extent);
    this.invalidate();
  }

  wear(dress: Dress): void {
    this.scene.wear(dress);
    this.points.dress(this.scene.look);
    this.invalidate();
  }

  find(found: Found): void {
    this.scene.found = found;
    this.gallery.ask(found.picture, () => { this.invalidate(); });
    this.invalidate();
  }

  /** Says whether pictures are shown as such where there is room. */
  showPictures(wanted: boolean): void {
    this.gallery.wanted = wanted;
    this.invalidate();
  }

  // ---- the camera

  get seesAll(): boolean {
    return seesAll(this.camera);
  }

  /** Looks at a part of the map; null for all of it. Nobody is told. */
  lookAt(camera: Camera | null): void {
    const next = camera ? within(camera, this.scene.extent) : whole;
    if (sameView(this.camera, next)) return;
    this.camera = next;
    this.moved();
  }

  zoomBy(factor: number, at: Point = { x: this.size.width / 2, y: this.size.height / 2 }): void {
    this.move(zoomed(this.camera, factor, at, this.size, this.scene.extent));
  }

  panBy(dx: number, dy: number): void {
    this.move(panned(this.camera, dx, dy, this.size, this.scene.extent));
  }

  reset(): void {
    this.move(whole);
  }

  private move(camera: Camera): void {
    this.camera = camera;
    this.moved();
    this.listeners?.look(this.seesAll ? null : camera);
  }

  private moved(): void {
    this.point(null);
    this.host.toggleAttribute('data-near', !this.seesAll);
    this.invalidate();
  }

  // ---- pointing

  /** The picture at a place on the screen, or null. */
  pick(at: Point): number | null {
    const slot = this.gallery.hit(at);
    if (slot !== null) return this.scene.image(slot);
    const projection = this.projection(1);
    return this.scene.nearest(toMap(projection, at), pickReach / projection.scale);
  }

  /** Lights a picture up, with its card; null for none. */
  point(image: number | null): void {
    if (this.card?.image === image) return;
    if (this.card) highlight.leave(this.card.image);
    const at = image === null ? null : this.placeOf(image);
    this.card = image === null || !at ? null : { image, ...at };
    for (const listener of this.cardListeners) listener();
    if (image !== null) highlight.set(image);
  }

  /** The picture that has the card. */
  get pointed(): number | null {
    return this.card?.image ?? null;
  }

  /** Points at a picture by keyboard: it comes into view, and is named. */
  reach(image: number): void {
    const place = this.scene.place(image);
    const at = this.placeOf(image);
    if (!place || !at) return;
    const { width, height } = this.size;
    const seen = at.x >= edge && at.y >= edge && at.x <= width - edge && at.y <= height - edge;
    if (!seen) this.move(within({ ...this.camera, ...place }, this.scene.extent));
    this.point(image);
    this.listeners?.reach(image);
  }

  /** Where the keyboard begins. */
  begin(): number | null {
    return this.scene.begin(this.camera);
  }

  /** Makes a picture the query. */
  openPicture(image: number): void {
    this.listeners?.open(image);
  }

  readonly getCard = (): Card | null => this.card;

  readonly subscribeCard = (listener: () => void): (() => void) => {
    this.cardListeners.add(listener);
    return () => { this.cardListeners.delete(listener); };
  };

  // ---- catching

  /** Draws the line of a lasso that is under way; none for no corners. */
  draw(corners: readonly Point[]): void {
    this.lasso = corners;
    this.invalidate();
  }

  /** Catches the pictures inside corners on the screen. */
  catch(corners: readonly Point[]): void {
    this.draw([]);
    const projection = this.projection(1);
    this.listeners?.select(this.scene.inside(corners.map((corner) => toMap(projection, corner))));
  }

  /** Lets go of what was caught. */
  letGo(): void {
    this.listeners?.select([]);
  }

  get hasCaught(): boolean {
    return this.scene.dress?.selected != null;
  }

  // ---- drawing

  get colours(): Theme {
    return this.theme;
  }

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

  private invalidate(): void {
    if (this.next !== 0) return;
    this.next = requestAnimationFrame((now) => {
      this.next = 0;
      this.paint(now);
      if (this.scene.motion?.moves(now) === true) this.invalidate();
    });
  }

  private paint(now: number): void {
    const { scene, gallery, size, theme } = this;
    const ratio = window.devicePixelRatio;
    const share = scene.motion?.share(now) ?? 1;
    const projection = this.projection(share);
    const radius = scene.radius(size, this.camera.zoom);
    if (scene.motion) this.points.draw({ size, ratio, projection, share, radius, theme });
    gallery.choose(scene, this.projection(1), size, ratio);
    const isEmpty = scene.quadtree?.count(this.projection(1).seen(size), 1, scene.accepts) === 0;
    this.host.toggleAttribute('data-empty', isEmpty && scene.images.length > 0);
    const context = cleared(this.cover, size, ratio);
    if (!context) return;
    const overlay = { context, theme };
    paint({ overlay, projection, share, radius, ratio }, scene, gallery, highlight.get());
    if (this.lasso.length > 0) drawLasso(overlay, this.lasso);
  }

  private projection(share: number): Projection {
    return new Projection(this.camera, this.size, this.scene.motion?.extent(share) ?? { x: 1, y: 1 });
  }

  /** Where a picture is on the screen when it has come to rest. */
  private placeOf(image: number): Point | null {
    const place = this.scene.place(image);
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
    const { canvas, kind } = this.points;
    canvas.className = 'plane__canvas';
    this.host.prepend(canvas);
    this.host.dataset.points = kind;
    canvas.addEventListener('webglcontextlost', this.lost);
    if (this.scene.motion) this.points.move(this.scene.motion);
    this.points.dress(this.scene.look);
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
}

function toMap(projection: Projection, { x, y }: Point): Point {
  return { x: projection.mapX(x), y: projection.mapY(y) };
}

/** A canvas' context, cleared and in pixels of the page. */
function cleared(canvas: HTMLCanvasElement, { width, height }: Size, ratio: number): CanvasRenderingContext2D | null {
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
    focus: token('border-interactive', '#0f62fe'),
  };
}
