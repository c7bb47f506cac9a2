import type { Projection, Size } from './camera';
import type { Theme } from './marks';
import type { Motion } from './motion';

/** How much a point is seen: not at all but as a faint trace, behind others, or fully. */
export const filtered = 0;
export const dimmed = 1;
export const full = 2;

/** For each slot: the shape and fill of its mark, its colour, and how much it is seen. */
export interface Look {
  /** shape + fill * shapes.length */
  glyph: Uint8Array;
  colour: Uint8Array;
  seen: Uint8Array;
}

/** What the points look like at one moment. */
export interface Moment {
  size: Size;
  /** Pixels of the screen to a pixel of the page. */
  ratio: number;
  projection: Projection;
  /** How much of their way lies behind the points. */
  share: number;
  /** Of a mark, in pixels of the page. */
  radius: number;
  theme: Theme;
}

/** Draws points on a canvas of its own. */
export interface Points {
  readonly kind: 'webgl' | 'canvas';
  readonly canvas: HTMLCanvasElement;
  /** Takes where the points are. */
  move: (motion: Motion) => void;
  /** Takes how they look. */
  dress: (look: Look) => void;
  draw: (moment: Moment) => void;
  close: () => void;
}
