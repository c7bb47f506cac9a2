import type { Extent } from './camera';

/** Places as the server tells them. */
export interface Placed {
  images: readonly number[];
  x: readonly number[];
  y: readonly number[];
}

/**
 * The places of a map, moved and scaled so that they fill the square from -1 to
 * 1 in one direction and lie around 0 in the other. A point is known by its
 * slot: its position in images.
 */
export interface Places {
  images: readonly number[];
  x: Float32Array;
  y: Float32Array;
  extent: Extent;
  /** Brings a further place of the same map to where it belongs. */
  place: (x: number, y: number) => { x: number; y: number };
}

export function layOut({ images, x, y }: Placed): Places {
  const [horizontal, vertical] = [range(x), range(y)];
  const half = Math.max(horizontal.half, vertical.half) || 1;
  const place = (px: number, py: number) => ({ x: (px - horizontal.middle) / half, y: (py - vertical.middle) / half });
  const across = new Float32Array(images.length);
  const up = new Float32Array(images.length);
  for (let i = 0; i < images.length; i++) {
    const { x: px, y: py } = place(x[i] ?? 0, y[i] ?? 0);
    across[i] = px;
    up[i] = py;
  }
  const extent = horizontal.half + vertical.half > 0 ? { x: horizontal.half / half, y: vertical.half / half } : { x: 1, y: 1 };
  return { images, x: across, y: up, extent, place };
}

function range(values: readonly number[]): { middle: number; half: number } {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return least > most ? { middle: 0, half: 0 } : { middle: (least + most) / 2, half: (most - least) / 2 };
}

/** The slot of each image; images ascend. */
export function slotOf(images: readonly number[], image: number): number | null {
  let [low, high] = [0, images.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((images[middle] ?? Infinity) < image) low = middle + 1;
    else high = middle;
  }
  return images[low] === image ? low : null;
}
