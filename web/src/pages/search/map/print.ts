import { className } from '../../../lib/format';
import type { ClassEntry } from './classes';
import { coloursOf, drawMark, markOf, type Theme } from './marks';

const line = 22;
const margin = 16;
const text = 13;
const widest = 260;

/** A picture of the map with the legend to its right; classes beyond those that there is room for are counted. */
export function withLegend(map: HTMLCanvasElement, entries: readonly ClassEntry[], theme: Theme): HTMLCanvasElement {
  const ratio = window.devicePixelRatio;
  const height = map.height / ratio;
  const room = Math.max(Math.floor((height - 2 * margin) / line), 1);
  const lines = entries.length <= room ? entries : entries.slice(0, room - 1);
  const sheet = document.createElement('canvas');
  const context = sheet.getContext('2d');
  if (!context) return map;
  const font = `${text}px "IBM Plex Sans", sans-serif`;
  context.font = font;
  const names = lines.map(({ name }) => className(name));
  if (lines.length < entries.length) names.push(`and ${entries.length - lines.length} more`);
  const width = Math.min(Math.max(0, ...names.map((name) => context.measureText(name).width)), widest);

  sheet.width = Math.ceil(map.width + (width + 3 * margin + 8) * ratio);
  sheet.height = map.height;
  context.fillStyle = theme.paper;
  context.fillRect(0, 0, sheet.width, sheet.height);
  context.drawImage(map, 0, 0);
  context.setTransform(ratio, 0, 0, ratio, map.width, 0);
  context.font = font;
  context.textBaseline = 'middle';
  names.forEach((name, i) => {
    const y = margin + (i + 0.5) * line;
    const entry = lines[i];
    if (entry) {
      const mark = markOf(entry.position);
      context.fillStyle = coloursOf(theme)[mark.colour] ?? theme.ink;
      context.strokeStyle = theme.paper;
      drawMark(context, mark, margin, y, 5);
    }
    context.fillStyle = theme.ink;
    context.fillText(name, 2 * margin, y, widest);
  });
  return sheet;
}
