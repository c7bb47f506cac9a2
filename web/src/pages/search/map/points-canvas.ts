import { dimmed, filtered, full, type Look, type Moment, type Points } from './look';
import { coloursOf, drawMark, faintest, reach, shapes, type Theme } from './marks';
import type { Motion } from './motion';

/** Points on a plain canvas: each a copy of the picture of its mark, which is drawn once. */
export class CanvasPoints implements Points {
  readonly kind = 'canvas';
  readonly canvas: HTMLCanvasElement;
  private readonly context: CanvasRenderingContext2D | null;
  private motion: Motion | null = null;
  private look: Look | null = null;
  private readonly stamps = new Map<string, HTMLCanvasElement>();

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas;
    this.context = canvas.getContext('2d');
  }

  move(motion: Motion): void {
    this.motion = motion;
  }

  dress(look: Look): void {
    this.look = look;
  }

  draw(moment: Moment): void {
    const { canvas, context, motion, look } = this;
    const { size, ratio, projection, share, radius, theme } = moment;
    const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    if (!context || !motion || !look) return;
    context.clearRect(0, 0, width, height);
    const count = Math.min(motion.places.images.length, look.glyph.length);
    for (const pass of [filtered, dimmed, full]) {
      context.globalAlpha = pass === dimmed ? 0.25 : 1;
      for (let slot = 0; slot < count; slot++) {
        if (look.seen[slot] !== pass) continue;
        const x = projection.screenX(motion.x(slot, share));
        const y = projection.screenY(motion.y(slot, share));
        if (x < -20 || y < -20 || x > size.width + 20 || y > size.height + 20) continue;
        const stamp = pass === filtered
          ? this.stamp(0, faintest, radius * ratio * 0.6, theme)
          : this.stamp(look.glyph[slot] ?? 0, look.colour[slot] ?? 0, radius * ratio, theme);
        context.drawImage(stamp, Math.round(x * ratio - stamp.width / 2), Math.round(y * ratio - stamp.height / 2));
      }
    }
    context.globalAlpha = 1;
  }

  close(): void {
    this.canvas.remove();
  }

  /** The picture of a mark; there is one for every half pixel of its radius. */
  private stamp(glyph: number, colour: number, radius: number, theme: Theme): HTMLCanvasElement {
    const rounded = Math.round(radius * 2) / 2;
    const key = `${glyph} ${colour} ${rounded} ${theme.dark}`;
    const known = this.stamps.get(key);
    if (known) return known;
    if (this.stamps.size > 2000) this.stamps.clear();
    const stamp = document.createElement('canvas');
    stamp.width = stamp.height = Math.ceil(2 * rounded * (reach + 0.35));
    const context = stamp.getContext('2d');
    if (context) {
      context.fillStyle = coloursOf(theme)[colour] ?? theme.ink;
      context.strokeStyle = theme.paper;
      drawMark(context, { shape: glyph % shapes.length, fill: Math.floor(glyph / shapes.length) }, stamp.width / 2, stamp.width / 2, rounded);
    }
    this.stamps.set(key, stamp);
    return stamp;
  }
}
