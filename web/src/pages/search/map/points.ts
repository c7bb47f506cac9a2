import type { Points } from './look';
import { CanvasPoints } from './points-canvas';
import { GLPoints } from './points-gl';

/** Draws with WebGL 2, or, where there is none, on a plain canvas. */
export function openPoints(): Points {
  const canvas = document.createElement('canvas');
  const gl = canvas.getContext('webgl2', { antialias: false, premultipliedAlpha: true, powerPreference: 'low-power' });
  return (gl ? GLPoints.open(canvas, gl) : null) ?? openPlainPoints();
}

/** Draws on a plain canvas. */
export function openPlainPoints(): Points {
  return new CanvasPoints(document.createElement('canvas'));
}
