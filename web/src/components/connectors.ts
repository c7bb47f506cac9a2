/** A rectangle on the page, in pixels. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** The way in which lines run: to pickers at the right, or to pickers below. */
export type Direction = 'right' | 'down';

/** A line as an SVG path: from the edge of one box to the facing edge of another, leaving and arriving straight. */
export function curve(from: Box, to: Box, direction: Direction): string {
  if (direction === 'right') {
    const [x0, y0, x1, y1] = [from.right, middle(from.top, from.bottom), to.left, middle(to.top, to.bottom)];
    const x = middle(x0, x1);
    return `M${x0} ${y0}C${x} ${y0} ${x} ${y1} ${x1} ${y1}`;
  }
  const [x0, y0, x1, y1] = [middle(from.left, from.right), from.bottom, middle(to.left, to.right), to.top];
  const y = middle(y0, y1);
  return `M${x0} ${y0}C${x0} ${y} ${x1} ${y} ${x1} ${y1}`;
}

/** The thickness of the line to the i-th of n layers, from 1 to 3 pixels: the deeper, the thicker. */
export function thickness(i: number, n: number): number {
  return n > 1 ? 1 + (2 * i) / (n - 1) : 1;
}

/** Whether the middle of a box is in view in a list that scrolls. */
export function inView(box: Box, list: Box): boolean {
  const [x, y] = [middle(box.left, box.right), middle(box.top, box.bottom)];
  return x >= list.left && x <= list.right && y >= list.top && y <= list.bottom;
}

/** A box cut to a list that scrolls, so that a line to what is out of view ends at the list's edge. */
export function clamp(box: Box, list: Box): Box {
  const within = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);
  return {
    left: within(box.left, list.left, list.right),
    right: within(box.right, list.left, list.right),
    top: within(box.top, list.top, list.bottom),
    bottom: within(box.bottom, list.top, list.bottom),
  };
}

function middle(a: number, b: number): number {
  return (a + b) / 2;
}
