/** Scores from 0 to 100 % as heaps of pictures, one to a column; several charts share one cell. */
export interface Heaps {
  /** The pictures of each column by their index in the dataset, those of one class together. */
  columns: readonly (readonly number[])[];
  cell: Cell;
}

/** The room of one picture, in pixels. */
export interface Cell {
  width: number;
  height: number;
  /** How many pictures of a column lie beside each other. */
  abreast: number;
  /** From one column to the next. */
  column: number;
}

interface Size {
  width: number;
  height: number;
}

// With fifteen results a score is one of 121 steps: each column holds as many of them as the others.
const columnCount = 24;
const gap = 2;
const largest = 10;

/** Where cells are lower than this, a picture is no mark of its own, but a part of a bar. */
export const smallestMark = 3.5;

/** Whether pictures are marks of their own. */
export function hasMarks({ height }: Cell): boolean {
  return height >= smallestMark;
}

/** The number of pictures in the highest column. */
export function highestOf(scores: readonly (number | null)[], classes: Int32Array, shown: ReadonlySet<number> | null): number {
  const heights = new Uint32Array(columnCount);
  scores.forEach((score, picture) => {
    if (!isShown(score, classes[picture], shown)) return;
    const column = columnOf(score);
    heights[column] = (heights[column] ?? 0) + 1;
  });
  return Math.max(...heights);
}

/** The largest cell by which a column of so many pictures fits into a chart. */
export function cellOf(highest: number, { width, height }: Size): Cell {
  const column = width / columnCount;
  const room = Math.max(column - gap, 1);
  let best: Cell = { width: 0, height: 0, abreast: 1, column };
  for (let abreast = 1; abreast <= room / smallestMark; abreast++) {
    const side = Math.min(room / abreast, height / Math.ceil(Math.max(highest, 1) / abreast), largest);
    if (side > best.height) best = { width: side, height: side, abreast, column };
  }
  return hasMarks(best) ? best : { width: room, height: height / Math.max(highest, 1), abreast: 1, column };
}

/** Heaps the pictures that have a score and whose class is shown, from the lowest score to the highest. */
export function heap(scores: readonly (number | null)[], classes: Int32Array, shown: ReadonlySet<number> | null): number[][] {
  const columns = Array.from({ length: columnCount }, (): number[] => []);
  scores.forEach((score, picture) => {
    if (isShown(score, classes[picture], shown)) columns[columnOf(score)]?.push(picture);
  });
  for (const column of columns) column.sort((a, b) => (classes[a] ?? -1) - (classes[b] ?? -1) || a - b);
  return columns;
}

function isShown(score: number | null, place: number | undefined, shown: ReadonlySet<number> | null): score is number {
  return score !== null && shown?.has(place ?? -1) !== false;
}

function columnOf(score: number): number {
  // The scores are shares of whole numbers: rounding must not put one into the column before.
  return Math.min(Math.max(Math.floor((score / 100) * columnCount + 1e-9), 0), columnCount - 1);
}

/** The picture at a place, in pixels from the left and from the bottom; null where there is none. */
export function pictureAt({ columns, cell }: Heaps, x: number, y: number): number | null {
  const column = Math.floor(x / cell.column);
  const beside = Math.floor((x - column * cell.column) / cell.width);
  if (beside >= cell.abreast || y < 0) return null;
  return columns[column]?.[Math.floor(y / cell.height) * cell.abreast + beside] ?? null;
}

/** The middle of a cell by its column and its place in it, in pixels from the left and from the bottom. */
export function middleOf(cell: Cell, column: number, place: number): { x: number; y: number } {
  return {
    x: column * cell.column + ((place % cell.abreast) + 0.5) * cell.width,
    y: (Math.floor(place / cell.abreast) + 0.5) * cell.height,
  };
}

/** The middle of a picture's cell; null where it has none. */
export function placeOf({ columns, cell }: Heaps, picture: number): { x: number; y: number } | null {
  for (const [column, pictures] of columns.entries()) {
    const place = pictures.indexOf(picture);
    if (place >= 0) return middleOf(cell, column, place);
  }
  return null;
}

/** The picture that a key leads to from another, in the order of their scores; null for other keys, or where there is none. */
export function keyed(columns: Heaps['columns'], scores: readonly (number | null)[], from: number | null, key: string): number | null {
  const order = columns.flatMap((column) => [...column].sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0)));
  const place = from === null ? -1 : order.indexOf(from);
  const page = Math.max(Math.round(order.length / 10), 2);
  const steps: Record<string, number> = {
    ArrowRight: place + 1, ArrowUp: place + 1, ArrowLeft: place - 1, ArrowDown: place - 1,
    PageUp: place + page, PageDown: place - page, Home: 0, End: order.length - 1,
  };
  const next = steps[key];
  return next === undefined ? null : order[Math.min(Math.max(next, 0), order.length - 1)] ?? null;
}
