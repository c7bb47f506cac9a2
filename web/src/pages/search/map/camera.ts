/**
 * What part of the map is seen: the point in the middle, in units of the map,
 * and how many times larger than when all of it is seen.
 */
export interface Camera {
  x: number;
  y: number;
  zoom: number;
}

export interface Size {
  width: number;
  height: number;
}

/** Half the width and height of what is on the map; the larger of them is 1. */
export interface Extent {
  x: number;
  y: number;
}

/** A part of the plane, on the map or on the screen. */
export interface Box {
  left: number;
  right: number;
  low: number;
  high: number;
}

export const whole: Camera = { x: 0, y: 0, zoom: 1 };

export const nearest = 400;
const margin = 28;
/** Of what is on the map, so much has to stay within reach. */
const slack = 1.1;

/**
 * The way between the map, whose y goes up, and the screen, whose y goes down,
 * both from their own origin: the map's middle and the upper left corner.
 */
export class Projection {
  /** Pixels to a unit of the map. */
  readonly scale: number;
  private readonly left: number;
  private readonly top: number;

  constructor(camera: Camera, size: Size, extent: Extent) {
    this.scale = camera.zoom * fit(size, extent);
    this.left = size.width / 2 - camera.x * this.scale;
    this.top = size.height / 2 + camera.y * this.scale;
  }

  screenX(x: number): number {
    return this.left + x * this.scale;
  }

  screenY(y: number): number {
    return this.top - y * this.scale;
  }

  mapX(x: number): number {
    return (x - this.left) / this.scale;
  }

  mapY(y: number): number {
    return (this.top - y) / this.scale;
  }

  /** What of the map is on the screen, and so many pixels around it. */
  seen({ width, height }: Size, around = 0): Box {
    return { left: this.mapX(-around), right: this.mapX(width + around), low: this.mapY(height + around), high: this.mapY(-around) };
  }
}

function fit({ width, height }: Size, { x, y }: Extent): number {
  const half = (side: number) => Math.max(side / 2 - margin, 1);
  return Math.min(half(width) / Math.max(x, 1e-6), half(height) / Math.max(y, 1e-6));
}

/** The camera so many times nearer, with the point of the map that is at a place on the screen staying there. */
export function zoomed(camera: Camera, factor: number, at: { x: number; y: number }, size: Size, extent: Extent): Camera {
  const zoom = Math.min(Math.max(camera.zoom * factor, 1), nearest);
  const before = new Projection(camera, size, extent);
  const after = new Projection({ ...camera, zoom }, size, extent);
  return within({
    x: camera.x + before.mapX(at.x) - after.mapX(at.x),
    y: camera.y + before.mapY(at.y) - after.mapY(at.y),
    zoom,
  }, extent);
}

/** The camera after the map was dragged by so many pixels. */
export function panned(camera: Camera, dx: number, dy: number, size: Size, extent: Extent): Camera {
  const { scale } = new Projection(camera, size, extent);
  return within({ ...camera, x: camera.x - dx / scale, y: camera.y + dy / scale }, extent);
}

/** The camera held so that the map cannot be lost: the farther out, the nearer to its middle. */
export function within({ x, y, zoom }: Camera, extent: Extent): Camera {
  const free = 1 - 1 / zoom;
  const hold = (value: number, half: number) => Math.min(Math.max(value, -half * free), half * free) || 0;
  return { x: hold(x, extent.x * slack), y: hold(y, extent.y * slack), zoom };
}

/** Whether a camera sees the whole map. */
export function seesAll({ zoom }: Camera): boolean {
  return zoom < 1.001;
}

/** Whether two cameras see the same, to a fraction of a pixel. */
export function sameView(a: Camera, b: Camera): boolean {
  const near = (x: number, y: number) => Math.abs(x - y) * b.zoom < 2e-4;
  return near(a.x, b.x) && near(a.y, b.y) && Math.abs(a.zoom / b.zoom - 1) < 1e-4;
}
