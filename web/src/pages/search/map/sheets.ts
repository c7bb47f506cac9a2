import { atlasAddress } from '../../../api/addresses';
import { fetchSheet } from '../../../api/sheet';

/** The sides of pictures on a sheet, in pixels. */
export const sides = [32, 64, 128] as const;
export type Side = (typeof sides)[number];

const columns = 16;
const atOnce = 4;
const room = 48e6; // pixels of sheets that are kept

interface Sheet {
  address: string;
  side: Side;
  images: readonly number[];
  /** null while it is not here. */
  bitmap: ImageBitmap | null;
  /** null while it is not on its way. */
  loading: AbortController | null;
  /** Whether the server said that there is no such sheet. */
  failed: boolean;
}

/** Where a small picture is. */
export interface Cell {
  bitmap: ImageBitmap;
  x: number;
  y: number;
  side: Side;
}

/**
 * The small pictures of a set, on sheets that are loaded while they are wanted.
 * Those used longest ago go when there are too many.
 */
export class Sheets {
  private readonly dataset: string;
  private readonly version: string;
  private readonly changed: () => void;
  private readonly sheets = new Map<string, Sheet>(); // those wanted last come last
  private readonly cells = new Map<Side, Map<number, { sheet: Sheet; position: number }>>(sides.map((side) => [side, new Map()]));
  private wanted: ReadonlySet<Sheet> = new Set();

  /** changed is called when a sheet has arrived. */
  constructor(dataset: string, version: string, changed: () => void) {
    this.dataset = dataset;
    this.version = version;
    this.changed = changed;
  }

  /** A picture on a sheet of a side, or else on any that is here. */
  get(image: number, side: Side): Cell | null {
    for (const candidate of [side, ...[...sides].reverse()]) {
      const found = this.cells.get(candidate)?.get(image);
      if (!found?.sheet.bitmap) continue;
      const { position, sheet: { bitmap } } = found;
      return { bitmap, x: (position % columns) * candidate, y: Math.floor(position / columns) * candidate, side: candidate };
    }
    return null;
  }

  /**
   * Says which pictures are wanted now, the most wanted first. One that is on no
   * sheet yet gets the sheet of the images that listOf names, itself among them.
   * Sheets that are not wanted and have not arrived are given up.
   */
  want(images: readonly number[], side: Side, listOf: (image: number) => readonly number[]): void {
    const wanted = new Set<Sheet>();
    for (const image of images) {
      const sheet = this.cells.get(side)?.get(image)?.sheet ?? this.add(side, listOf(image));
      if (wanted.has(sheet)) continue;
      wanted.add(sheet);
      this.sheets.delete(sheet.address);
      this.sheets.set(sheet.address, sheet);
    }
    this.wanted = wanted;
    for (const sheet of [...this.sheets.values()]) {
      if (!wanted.has(sheet) && !sheet.bitmap) this.drop(sheet);
    }
    this.next();
  }

  close(): void {
    for (const sheet of [...this.sheets.values()]) this.drop(sheet);
  }

  private add(side: Side, images: readonly number[]): Sheet {
    const address = atlasAddress(this.dataset, this.version, side, images);
    const sheet: Sheet = { address, side, images, bitmap: null, loading: null, failed: false };
    this.sheets.set(address, sheet);
    const cells = this.cells.get(side);
    images.forEach((image, position) => { cells?.set(image, { sheet, position }); });
    return sheet;
  }

  private drop(sheet: Sheet): void {
    sheet.loading?.abort();
    sheet.bitmap?.close();
    this.sheets.delete(sheet.address);
    const cells = this.cells.get(sheet.side);
    for (const image of sheet.images) {
      if (cells?.get(image)?.sheet === sheet) cells.delete(image);
    }
  }

  private next(): void {
    let loading = [...this.sheets.values()].filter((sheet) => sheet.loading !== null).length;
    for (const sheet of this.wanted) {
      if (loading >= atOnce) return;
      if (sheet.bitmap !== null || sheet.loading !== null || sheet.failed) continue;
      loading++;
      void this.load(sheet, new AbortController());
    }
  }

  private async load(sheet: Sheet, loading: AbortController): Promise<void> {
    sheet.loading = loading;
    try {
      const answer = await fetchSheet(sheet.address, loading.signal);
      // Where there is no picture its mark is seen.
      if (!answer.ok) sheet.failed = true;
      else this.arrive(sheet, await createImageBitmap(await answer.blob()), loading.signal.aborted);
    } catch {
      // Given up; or the server does not answer, and is asked again when the picture is wanted again.
      if (!loading.signal.aborted) this.drop(sheet);
    }
    sheet.loading = null;
    this.next();
  }

  private arrive(sheet: Sheet, bitmap: ImageBitmap, late: boolean): void {
    if (late) {
      bitmap.close();
      return;
    }
    sheet.bitmap = bitmap;
    this.makeRoom();
    this.changed();
  }

  private makeRoom(): void {
    let used = 0;
    for (const sheet of [...this.sheets.values()].reverse()) {
      used += (sheet.bitmap?.width ?? 0) * (sheet.bitmap?.height ?? 0);
      if (used > room && !this.wanted.has(sheet)) this.drop(sheet);
    }
  }
}
