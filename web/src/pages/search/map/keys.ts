import type { Plane } from './plane';

const step = 64; // pixels
const arrows: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1],
};

/**
 * What keys do on the map: + - 0 and arrows move it, Shift with an arrow goes to
 * the next picture in that direction, n and p to the next nearest one and back,
 * Enter searches with it, Escape lets go.
 */
export class Keys {
  private readonly plane: Plane;
  /** The pictures by their distance from the one that n began at, and where n and p are in them. */
  private walk: number[] = [];
  private at = 0;

  constructor(plane: Plane) {
    this.plane = plane;
  }

  /** Takes a key; tells whether it meant something. */
  press({ key, shiftKey }: { key: string; shiftKey: boolean }): boolean {
    const { plane } = this;
    const arrow = arrows[key];
    if (arrow) {
      if (shiftKey) this.towards(...arrow);
      else plane.panBy(-arrow[0] * step, arrow[1] * step);
      return true;
    }
    switch (key) {
      case '+':
      case '=':
        plane.zoomBy(1.5);
        return true;
      case '-':
        plane.zoomBy(1 / 1.5);
        return true;
      case '0':
        plane.reset();
        return true;
      case 'n':
        this.go(1);
        return true;
      case 'p':
        this.go(-1);
        return true;
      case 'Enter':
        if (plane.pointed !== null) plane.openPicture(plane.pointed);
        return plane.pointed !== null;
      case 'Escape':
        return this.letGo();
      default:
        return false;
    }
  }

  private go(by: number): void {
    const { plane } = this;
    if (plane.pointed === null || plane.pointed !== this.walk[this.at]) {
      const from = plane.pointed ?? plane.begin();
      if (from === null) return;
      this.walk = plane.scene.byDistance(from);
      this.at = plane.pointed === null ? -1 : 0;
    }
    this.at = Math.min(Math.max(this.at + by, 0), this.walk.length - 1);
    const image = this.walk[this.at];
    if (image !== undefined) plane.reach(image);
  }

  private towards(dx: number, dy: number): void {
    const { plane } = this;
    const from = plane.pointed;
    const image = from === null ? plane.begin() : plane.scene.towards(from, dx, dy);
    if (image !== null) plane.reach(image);
  }

  private letGo(): boolean {
    const { plane } = this;
    if (plane.pointed !== null) plane.point(null);
    else if (plane.hasCaught) plane.letGo();
    else return false;
    return true;
  }
}
