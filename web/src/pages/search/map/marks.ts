import type { Point } from './lasso';

/** What stands for a picture of one class: the three together tell 168 classes apart. */
export interface Mark {
  /** Position in the colours of the theme; that after the last is grey. */
  colour: number;
  shape: number;
  fill: number;
}

/** The colours of marks, and of what is drawn beside them, as CSS has them. */
export interface Theme {
  dark: boolean;
  paper: string;
  ink: string;
  focus: string;
}

// Carbon's categorical colours, at least three times as bright or dark as the paper.
const light = ['#6929c4', '#1192e8', '#005d5d', '#9f1853', '#fa4d56', '#198038', '#b28600', '#8a3800'];
const dark = ['#be95ff', '#33b1ff', '#08bdba', '#ff7eb6', '#fa4d56', '#6fdc8c', '#d2a106', '#ff832b'];
const grey = { light: '#6f6f6f', dark: '#a8a8a8' };
const faint = { light: '#c6c6c6', dark: '#525252' };

/** The colours by position: those of classes, grey for no class, and the faint one of points that are filtered out. */
export function coloursOf({ dark: isDark }: Pick<Theme, 'dark'>): string[] {
  return isDark ? [...dark, grey.dark, faint.dark] : [...light, grey.light, faint.light];
}

export const noClass = light.length;
export const faintest = noClass + 1;

/** Polygons around the origin, of about the area of a disc of radius 1; y goes down. */
export const shapes: readonly (readonly Point[])[] = [
  star(32, 1, null, 0), // a disc
  star(4, 1.25, null, 1 / 8),
  star(3, 1.45, null, 1 / 4),
  star(4, 1.3, null, 0),
  star(3, 1.45, null, -1 / 4),
  star(4, 1.5, 0.55, 1 / 8),
  star(5, 1.5, 0.65, 1 / 4),
];

/** How far shapes reach from their middle. */
export const reach = 1.5;

/** Full, hollow, and hollow with a dot. */
export const fills = 3;

/**
 * The mark of the class at a position in the set's list. Seven shapes and eight
 * colours have no common divisor, so 56 classes differ, and neighbours differ in
 * both; the next 56 are hollow, those after them have a dot, then it begins anew.
 */
export function markOf(position: number): Mark {
  if (position < 0) return { colour: noClass, shape: 0, fill: 0 };
  return {
    colour: position % light.length,
    shape: position % shapes.length,
    fill: Math.floor(position / (light.length * shapes.length)) % fills,
  };
}

/** Corners at the radius, from an angle in turns on, and further ones between them at the waist. */
function star(corners: number, radius: number, waist: number | null, turn: number): Point[] {
  const at = (r: number, angle: number) => ({ x: r * Math.cos(2 * Math.PI * angle), y: -r * Math.sin(2 * Math.PI * angle) });
  return Array.from({ length: corners }, (_, i) => i / corners).flatMap((share) => [
    at(radius, turn + share),
    ...(waist === null ? [] : [at(waist, turn + share + 1 / (2 * corners))]),
  ]);
}

/** Adds a shape to a path. */
export function trace(path: CanvasPath, shape: number, x: number, y: number, radius: number): void {
  (shapes[shape] ?? []).forEach((corner, i) => {
    const [px, py] = [x + corner.x * radius, y + corner.y * radius];
    if (i === 0) path.moveTo(px, py);
    else path.lineTo(px, py);
  });
  path.closePath();
}

/** Draws a mark in the fill style that is set, over a halo of the stroke style that sets it off from its neighbours. */
export function drawMark(context: CanvasRenderingContext2D, { shape, fill }: Pick<Mark, 'shape' | 'fill'>, x: number, y: number, radius: number): void {
  const path = (r: number) => {
    context.beginPath();
    trace(context, shape, x, y, r);
  };
  context.lineJoin = 'round';
  context.lineWidth = radius * 0.5;
  path(radius);
  context.stroke();
  context.fill();
  if (fill === 0) return;
  const { fillStyle, strokeStyle } = context;
  path(radius * 0.55);
  context.fillStyle = strokeStyle;
  context.fill();
  context.fillStyle = fillStyle;
  if (fill === 2) {
    path(radius * 0.22);
    context.fill();
  }
}

/** The same mark as paths of an SVG whose middle is the origin. */
export function markPath({ shape, fill }: Mark, radius: number): string {
  const ring = (r: number) => `M${(shapes[shape] ?? []).map(({ x, y }) => `${(x * r).toFixed(2)} ${(y * r).toFixed(2)}`).join('L')}Z`;
  return [ring(radius), ...(fill > 0 ? [ring(radius * 0.55)] : []), ...(fill === 2 ? [ring(radius * 0.22)] : [])].join('');
}
