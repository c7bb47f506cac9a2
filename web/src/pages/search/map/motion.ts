import type { Extent } from './camera';
import { slotOf, type Places } from './places';

/**
 * Points on their way from where they were to where they belong. A way that is
 * interrupted goes on from where its points are at that moment.
 */
export class Motion {
  places: Places;
  readonly from: { x: Float32Array; y: Float32Array };
  private readonly fromExtent: Extent;
  private readonly begin: number;
  private readonly duration: number;
  private readonly ease: (t: number) => number;

  /** Points that stand still; or, with what was before, that move from there within so many milliseconds from now on. */
  constructor(places: Places, before?: Motion, now = 0, duration = 0, ease: (t: number) => number = smooth) {
    this.places = places;
    this.begin = now;
    this.duration = before ? duration : 0;
    this.ease = ease;
    this.from = before && duration > 0 ? whereTheyAre(places, before, now) : places;
    this.fromExtent = before && duration > 0 ? before.extent(before.share(now)) : places.extent;
  }

  /** How much of the way lies behind the points, 0 … 1. */
  share(now: number): number {
    if (this.duration <= 0) return 1;
    return this.ease(Math.min(Math.max((now - this.begin) / this.duration, 0), 1));
  }

  moves(now: number): boolean {
    return now < this.begin + this.duration;
  }

  x(slot: number, share: number): number {
    return mix(this.from.x[slot] ?? 0, this.places.x[slot] ?? 0, share);
  }

  y(slot: number, share: number): number {
    return mix(this.from.y[slot] ?? 0, this.places.y[slot] ?? 0, share);
  }

  extent(share: number): Extent {
    return {
      x: mix(this.fromExtent.x, this.places.extent.x, share),
      y: mix(this.fromExtent.y, this.places.extent.y, share),
    };
  }
}

/** Where the points are now; one that was not there comes up where it belongs. */
function whereTheyAre(places: Places, before: Motion, now: number): { x: Float32Array; y: Float32Array } {
  const share = before.share(now);
  const [x, y] = [places.x.slice(), places.y.slice()];
  places.images.forEach((image, slot) => {
    const old = slotOf(before.places.images, image);
    if (old === null) return;
    x[slot] = before.x(old, share);
    y[slot] = before.y(old, share);
  });
  return { x, y };
}

function mix(a: number, b: number, share: number): number {
  return a + (b - a) * share;
}

/** Begins and ends slowly. */
export function smooth(t: number): number {
  return t < 0.5 ? 4 * t ** 3 : 1 - (2 - 2 * t) ** 3 / 2;
}

/** Moves evenly: for frames that follow one another. */
export function even(t: number): number {
  return t;
}
