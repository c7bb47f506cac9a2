import type { Layer } from '../../api/types';

/** The height of a layer's column, 0 … 1: the side of its map beside the largest, on a root scale so that the deepest stay visible. */
export function columnShare(layer: Layer, layers: readonly Layer[]): number {
  const tallest = Math.max(...layers.map(({ shape }) => shape[0] ?? 1), 1);
  return Math.sqrt((layer.shape[0] ?? 1) / tallest);
}

/** A connection that passes over other layers. */
export interface Skip {
  from: number;
  to: number;
}

/** The connections between layers that are not neighbours in the order of computation. */
export function skips(layers: readonly Layer[]): Skip[] {
  return layers.flatMap(({ index, inputs }) =>
    inputs.filter((input) => index - input > 1).map((input) => ({ from: input, to: index })));
}

/** An arch from column to column as an SVG path, standing on a line; the wider, the higher, up to the height that there is. */
export function arch(from: number, to: number, line: number, height: number): string {
  const rise = Math.min(height, 6 + (to - from) / 4);
  // A cubic with both handles so high reaches three quarters of their height.
  const y = line - rise / 0.75;
  return `M${round(from)} ${line}C${round(from)} ${round(y)} ${round(to)} ${round(y)} ${round(to)} ${line}`;
}

/** The layers that a search finds: by a part of the name or type, by the index, or by the shape. */
export function findLayers(layers: readonly Layer[], text: string): Layer[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return [...layers];
  return layers.filter(({ index, name, type, shape }) =>
    String(index) === wanted || `${name} ${type}`.toLowerCase().includes(wanted) || shape.join('x') === wanted.replaceAll(/\s*[x×]\s*/g, 'x'));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
