import type { Point } from './lasso';
import { coloursOf, drawMark, type Mark, type Theme } from './marks';

/** A picture, or a part of one: what stands in a rectangle of a source. */
export interface Small {
  source: CanvasImageSource;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** What is drawn over the points. */
export interface Overlay {
  context: CanvasRenderingContext2D;
  theme: Theme;
}

/** Lines from the query to what was found, fainter from rank to rank. */
export function drawLines({ context, theme }: Overlay, from: Point, to: readonly Point[]): void {
  context.strokeStyle = theme.focus;
  context.lineWidth = 1.5;
  to.forEach(({ x, y }, rank) => {
    context.globalAlpha = 0.85 - (0.5 * rank) / Math.max(to.length, 1);
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(x, y);
    context.stroke();
  });
  context.globalAlpha = 1;
}

export type Emphasis = 'none' | 'found' | 'query';

interface Framed {
  at: Point;
  /** Of the longer side, in pixels. */
  side: number;
  small: Small;
  mark: Mark;
  emphasis: Emphasis;
  faint: boolean;
}

/** A picture in the colour of its class, with its mark at a corner. */
export function drawPicture({ context, theme }: Overlay, { at, side, small, mark, emphasis, faint }: Framed): void {
  const longest = Math.max(small.width, small.height, 1);
  const [width, height] = [(side * small.width) / longest, (side * small.height) / longest];
  const [left, top] = [Math.round(at.x - width / 2), Math.round(at.y - height / 2)];
  const colour = coloursOf(theme)[mark.colour] ?? theme.ink;
  const edge = emphasis === 'none' ? 1.5 : 3;
  const matte = (around: number, paint: string) => {
    context.fillStyle = paint;
    context.fillRect(left - around, top - around, width + 2 * around, height + 2 * around);
  };
  context.globalAlpha = faint ? 0.25 : 1;
  matte(edge + 1, theme.paper);
  matte(edge, emphasis === 'none' ? colour : theme.focus);
  context.drawImage(small.source, small.x, small.y, small.width, small.height, left, top, width, height);
  context.fillStyle = colour;
  context.strokeStyle = theme.paper;
  drawMark(context, mark, left + width - 3, top + height - 3, 4);
  if (emphasis === 'query') drawFrame({ context, theme }, at, Math.max(width, height) + 4 * edge);
  context.globalAlpha = 1;
}

/** A square frame around a place. */
function drawFrame({ context, theme }: Overlay, { x, y }: Point, side: number): void {
  context.strokeStyle = theme.ink;
  context.lineWidth = 2;
  context.strokeRect(x - side / 2, y - side / 2, side, side);
}

/** The query where it is not shown as a picture: its mark in a double ring. */
export function drawQuery({ context, theme }: Overlay, at: Point, mark: Mark, radius: number): void {
  drawSpot({ context, theme }, at, mark, radius);
  for (const [around, width, colour] of [[5, 5, theme.paper], [5, 3, theme.focus], [9, 1.5, theme.ink]] as const) {
    ring(context, at, radius * 1.5 + around, width, colour);
  }
}

/** A picture that was found, or lit up, where it is not shown as a picture. */
export function drawRinged({ context, theme }: Overlay, at: Point, mark: Mark, radius: number): void {
  drawSpot({ context, theme }, at, mark, radius);
  ring(context, at, radius * 1.5 + 2, 3.5, theme.paper);
  ring(context, at, radius * 1.5 + 2, 2, theme.focus);
}

/** The ring around what is lit up and shown as a picture. */
export function drawLit({ context, theme }: Overlay, at: Point, radius: number): void {
  ring(context, at, radius, 6, theme.paper);
  ring(context, at, radius, 3, theme.ink);
}

/** What is lit up and not shown as a picture, over all that may hide it. */
export function drawLitMark({ context, theme }: Overlay, at: Point, mark: Mark, radius: number): void {
  disc(context, at, radius * 1.5 + 6, theme.paper);
  drawSpot({ context, theme }, at, mark, radius);
  ring(context, at, radius * 1.5 + 5, 3, theme.ink);
}

function drawSpot({ context, theme }: Overlay, { x, y }: Point, mark: Mark, radius: number): void {
  context.fillStyle = coloursOf(theme)[mark.colour] ?? theme.ink;
  context.strokeStyle = theme.paper;
  drawMark(context, mark, x, y, radius);
}

function disc(context: CanvasRenderingContext2D, { x, y }: Point, radius: number, colour: string): void {
  context.fillStyle = colour;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

function ring(context: CanvasRenderingContext2D, { x, y }: Point, radius: number, width: number, colour: string): void {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.stroke();
}

/** The line of a lasso or a box that is being drawn. */
export function drawLasso({ context, theme }: Overlay, corners: readonly Point[]): void {
  context.beginPath();
  corners.forEach(({ x, y }, i) => {
    if (i === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  });
  context.closePath();
  context.globalAlpha = 0.12;
  context.fillStyle = theme.focus;
  context.fill();
  context.globalAlpha = 1;
  context.strokeStyle = theme.focus;
  context.lineWidth = 1.5;
  context.setLineDash([5, 4]);
  context.stroke();
  context.setLineDash([]);
}
