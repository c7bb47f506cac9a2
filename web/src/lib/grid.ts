/** A row of the picture grid: a category's name, or pictures by their index in the dataset. */
export type Row =
  | { kind: 'heading'; class: string; images: number }
  | { kind: 'pictures'; images: number[] };

/** A place in the grid. */
export interface Place {
  row: number;
  column: number;
}

/** Lays pictures out in rows of the given number of columns. */
export function chunk(images: readonly number[], size: number): Row[] {
  const rows: Row[] = [];
  for (let i = 0; i < images.length; i += size) rows.push({ kind: 'pictures', images: images.slice(i, i + size) });
  return rows;
}

/** The first picture of the grid. */
export function firstPlace(rows: readonly Row[]): Place {
  return { row: Math.max(rows.findIndex((row) => row.kind === 'pictures'), 0), column: 0 };
}

/** The place of a picture, or null where the grid does not hold it. */
export function placeOf(rows: readonly Row[], image: number): Place | null {
  for (const [row, { kind, ...rest }] of rows.entries()) {
    if (kind !== 'pictures' || !Array.isArray(rest.images)) continue;
    const column = rest.images.indexOf(image);
    if (column >= 0) return { row, column };
  }
  return null;
}

/** The picture at a place, or null where there is none. */
export function imageAt(rows: readonly Row[], place: Place): number | null {
  const row = rows[place.row];
  return row?.kind === 'pictures' ? (row.images[place.column] ?? null) : null;
}

/**
 * Where a key leads from a place: arrows by one, Home and End within the row,
 * with Control to the first and last picture, Page Up and Page Down by a
 * screenful of rows. Returns null for any other key.
 */
export function move(rows: readonly Row[], from: Place, key: string, control: boolean, page: number): Place | null {
  switch (key) {
    case 'ArrowRight':
      return sideways(rows, from, 1);
    case 'ArrowLeft':
      return sideways(rows, from, -1);
    case 'ArrowDown':
      return upright(rows, from, 1);
    case 'ArrowUp':
      return upright(rows, from, -1);
    case 'PageDown':
      return upright(rows, from, page);
    case 'PageUp':
      return upright(rows, from, -page);
    case 'Home':
      return control ? firstPlace(rows) : { row: from.row, column: 0 };
    case 'End': {
      const row = control ? rows.length - 1 : from.row;
      return { row, column: lastColumn(rows, row) };
    }
    default:
      return null;
  }
}

function sideways(rows: readonly Row[], from: Place, step: 1 | -1): Place {
  const column = from.column + step;
  if (column >= 0 && column <= lastColumn(rows, from.row)) return { row: from.row, column };
  const row = pictureRow(rows, from.row + step, step);
  if (row === null) return from;
  return { row, column: step > 0 ? 0 : lastColumn(rows, row) };
}

function upright(rows: readonly Row[], from: Place, step: number): Place {
  const target = Math.min(Math.max(from.row + step, 0), rows.length - 1);
  const direction = step > 0 ? 1 : -1;
  const row = pictureRow(rows, target, direction) ?? pictureRow(rows, target, direction > 0 ? -1 : 1);
  if (row === null) return from;
  return { row, column: Math.min(from.column, lastColumn(rows, row)) };
}

function pictureRow(rows: readonly Row[], from: number, step: 1 | -1): number | null {
  for (let row = from; row >= 0 && row < rows.length; row += step) {
    if (rows[row]?.kind === 'pictures') return row;
  }
  return null;
}

function lastColumn(rows: readonly Row[], at: number): number {
  const row = rows[at];
  return row?.kind === 'pictures' ? row.images.length - 1 : 0;
}
