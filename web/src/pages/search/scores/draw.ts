import type { ScoresRow } from '../../../api/types';
import { coloursOf, drawMark, markOf, noClass, reach } from '../map/marks';
import { hasMarks, middleOf, type Heaps } from './heaps';

export interface Drawing {
  heaps: Heaps;
  /** The class of each picture by its position in the set's list, -1 for none. */
  classes: Int32Array;
  row: Pick<ScoresRow, 'weighted_score' | 'interval'>;
  size: { width: number; height: number };
  dark: boolean;
}

/** Draws a layer's scores: the mean with its interval, and over them a mark for each picture, or bars. */
export function draw(canvas: HTMLCanvasElement, { heaps, classes, row, size: { width, height }, dark }: Drawing): void {
  const ratio = window.devicePixelRatio;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext('2d');
  if (!context) return;
  const style = getComputedStyle(canvas);
  const ink = style.getPropertyValue('color');
  context.scale(ratio, ratio);

  if (row.interval) {
    context.fillStyle = style.getPropertyValue('--band');
    const left = (row.interval.low / 100) * width;
    context.fillRect(left, 0, Math.max((row.interval.high / 100) * width - left, 1), height);
  }
  const colours = coloursOf({ dark });
  const colour = (picture: number) => colours[markOf(classes[picture] ?? -1).colour] ?? colours[noClass] ?? ink;
  const { cell, columns } = heaps;
  context.strokeStyle = style.getPropertyValue('--paper');
  const radius = cell.height / 2 / (reach * 0.8);
  const marks = hasMarks(cell);
  columns.forEach((pictures, column) => {
    pictures.forEach((picture, place) => {
      context.fillStyle = colour(picture);
      const { x, y } = middleOf(cell, column, place);
      if (marks) drawMark(context, markOf(classes[picture] ?? -1), x, height - y, radius);
      // Slices of a bar overlap a little, or their seams would show.
      else context.fillRect(x - cell.width / 2, height - y - cell.height / 2, cell.width, cell.height + 0.25);
    });
  });
  // The mean is over the marks, which would hide it.
  const mean = (row.weighted_score / 100) * width;
  context.strokeStyle = ink;
  context.lineWidth = 1.5;
  context.setLineDash([4, 3]);
  context.beginPath();
  context.moveTo(mean, 0);
  context.lineTo(mean, height);
  context.stroke();
}
