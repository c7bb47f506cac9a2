import type { Box } from './camera';

export interface Point {
  x: number;
  y: number;
}

/** Whether a place lies in a polygon, by the even-odd rule; the polygon closes itself. */
export function inPolygon(polygon: readonly Point[], x: number, y: number): boolean {
  let inside = false;
  let before = polygon.at(-1);
  for (const corner of polygon) {
    if (before && corner.y > y !== before.y > y && x < corner.x + ((y - corner.y) / (before.y - corner.y)) * (before.x - corner.x)) {
      inside = !inside;
    }
    before = corner;
  }
  return inside;
}

/** The box around points; empty for none. */
export function boxAround(points: readonly Point[]): Box {
  const box = { left: Infinity, right: -Infinity, low: Infinity, high: -Infinity };
  for (const { x, y } of points) {
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x);
    box.low = Math.min(box.low, y);
    box.high = Math.max(box.high, y);
  }
  return box;
}

/** The corners of the box between two places. */
export function rectangle(a: Point, b: Point): Point[] {
  return [a, { x: b.x, y: a.y }, b, { x: a.x, y: b.y }];
}
