import type { Projection } from './camera';
import type { Gallery } from './gallery';
import type { Point } from './lasso';
import { markOf, type Mark } from './marks';
import { drawLines, drawLit, drawLitMark, drawPicture, drawQuery, drawRinged, type Emphasis, type Overlay } from './overlay';
import type { Scene } from './scene';

interface Canvas {
  overlay: Overlay;
  projection: Projection;
  /** How much of their way lies behind the points. */
  share: number;
  /** Of marks, in pixels. */
  radius: number;
  ratio: number;
}

/** Draws what lies over the points: lines, pictures, the query and what was found, and what is lit up. */
export function paint(canvas: Canvas, scene: Scene, gallery: Gallery, lit: number | null): void {
  const { overlay, projection, share, radius } = canvas;
  const { motion } = scene;
  if (!motion) return;
  const at = (slot: number) => toScreen(projection, { x: motion.x(slot, share), y: motion.y(slot, share) });
  const found = scene.foundSlots;
  const from = queryPlace(scene, projection, found.query, at);
  if (from) drawLines(overlay, from, found.results.map(at));

  const picture = (slot: number, emphasis: Emphasis) => paintPicture(canvas, scene, gallery, slot, at(slot), emphasis);
  const ringed = new Set(found.results);
  for (const { slot } of gallery.shown) {
    if (slot !== found.query && picture(slot, ringed.has(slot) ? 'found' : 'none')) ringed.delete(slot);
  }
  for (const slot of ringed) drawRinged(overlay, at(slot), scene.mark(slot), radius);
  if (from) paintQuery(canvas, gallery, from, found.query === null ? markOf(-1) : scene.mark(found.query));

  const slot = lit === null ? null : scene.slot(lit);
  if (slot === null) return;
  if (slot === found.query && gallery.asked) drawLit(overlay, at(slot), querySide(gallery) * 0.75);
  else if (gallery.shown.some((shown) => shown.slot === slot) && picture(slot, 'found')) drawLit(overlay, at(slot), gallery.side * 0.75 + 3);
  else drawLitMark(overlay, at(slot), scene.mark(slot), Math.max(radius, 5));
}

function querySide({ side }: Gallery): number {
  return Math.max(side, 36) * 1.25;
}

function paintQuery({ overlay, radius }: Canvas, gallery: Gallery, at: Point, mark: Mark): void {
  const small = gallery.asked;
  if (small) drawPicture(overlay, { at, small, mark, side: querySide(gallery), emphasis: 'query', faint: false });
  else drawQuery(overlay, at, mark, radius);
}

/** Where the query is on the screen; an uploaded picture has a place but no point. */
function queryPlace({ found: { query }, motion }: Scene, projection: Projection, slot: number | null, at: (slot: number) => Point): Point | null {
  if (slot !== null) return at(slot);
  return motion && query && 'x' in query ? toScreen(projection, motion.places.place(query.x, query.y)) : null;
}

/** Draws a picture; tells whether it is here. */
function paintPicture({ overlay, ratio }: Canvas, scene: Scene, gallery: Gallery, slot: number, at: Point, emphasis: Emphasis): boolean {
  const small = gallery.small(scene.image(slot), ratio);
  if (small) drawPicture(overlay, { at, small, emphasis, side: gallery.side, mark: scene.mark(slot), faint: scene.isFaint(slot) });
  return small !== null;
}

function toScreen(projection: Projection, { x, y }: Point): Point {
  return { x: projection.screenX(x), y: projection.screenY(y) };
}
