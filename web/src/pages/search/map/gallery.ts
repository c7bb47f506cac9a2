import type { DatasetDetail } from '../../../api/types';
import type { Projection, Size } from './camera';
import type { Point } from './lasso';
import type { Small } from './overlay';
import type { Scene } from './scene';
import { Sheets } from './sheets';
import { chooseShown, pictureSide, sheetSide, type Shown } from './shown';

/** The points that are shown as pictures. */
export class Gallery {
  /** Those that are, where they are on the screen when they have come to rest. */
  shown: Shown[] = [];
  /** Their largest side in pixels; 0 where there is no room for pictures. */
  side = 0;
  wanted = true;
  private dataset: DatasetDetail | null = null;
  private sheets: Sheets | null = null;
  private query: HTMLImageElement | null = null;

  /** changed is called when pictures have arrived. */
  open(dataset: DatasetDetail, changed: () => void): void {
    this.close();
    this.dataset = dataset;
    this.sheets = new Sheets(dataset.name, dataset.version, changed);
  }

  close(): void {
    this.sheets?.close();
    this.shown = [];
    this.side = 0;
  }

  /** Chooses what is shown as pictures, and asks for them. */
  choose(scene: Scene, projection: Projection, size: Size, ratio: number): void {
    const { quadtree, accepts, at } = scene;
    this.shown = [];
    this.side = 0;
    if (!this.wanted || !quadtree || !this.sheets) return;
    const most = (size.width * size.height) / 32 ** 2;
    this.side = pictureSide(quadtree.count(projection.seen(size), most, accepts), size);
    if (this.side === 0) return;
    const { query, results } = scene.foundSlots;
    const first = (query === null ? results : [query, ...results]).filter(accepts);
    this.shown = chooseShown(quadtree, at, projection, size, this.side, accepts, first);
    // Frames that settle come and go too fast for pictures to be loaded by their places.
    if (scene.settling) return;
    const images = this.shown.map(({ slot }) => scene.image(slot));
    this.sheets.want(images, sheetSide(this.side, ratio), (image) => scene.onOneSheet(image));
  }

  /** The slot of the picture at a place of the screen; null for none. */
  hit({ x, y }: Point): number | null {
    const half = this.side / 2;
    return this.shown.find((s) => Math.abs(s.x - x) <= half && Math.abs(s.y - y) <= half)?.slot ?? null;
  }

  /** Takes the address of the query's picture, which is shown however many others there are; null for none. */
  ask(address: string | null, changed: () => void): void {
    if (this.query?.getAttribute('src') === address) return;
    this.query = address === null ? null : new Image();
    if (!this.query || address === null) return;
    this.query.onload = changed;
    this.query.src = address;
  }

  /** The query's picture, if it is here. */
  get asked(): Small | null {
    const { query, wanted } = this;
    if (!query || !wanted || query.naturalWidth === 0) return null;
    return { source: query, x: 0, y: 0, width: query.naturalWidth, height: query.naturalHeight };
  }

  /** A picture, if it is here. */
  small(image: number, ratio: number): Small | null {
    const picture = this.dataset?.images[image];
    const cell = this.side > 0 ? this.sheets?.get(image, sheetSide(this.side, ratio)) : null;
    if (!picture || !cell) return null;
    const longest = Math.max(picture.width, picture.height, 1);
    // A picture that is smaller than its cell was not made larger.
    const scale = Math.min(cell.side / longest, 1);
    const [width, height] = [Math.max(picture.width * scale, 1), Math.max(picture.height * scale, 1)];
    return { source: cell.bitmap, x: cell.x + (cell.side - width) / 2, y: cell.y + (cell.side - height) / 2, width, height };
  }
}
