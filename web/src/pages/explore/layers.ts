import type { Layer } from '../../api/types';
import type { Layers } from '../../state/explore';

/** The number of channels of a layer. */
export function channelsOf(layer: Layer): number {
  return layer.shape[2] ?? 0;
}

/** The layers that the picker shows: all behind the input, or the convolutions, those that search offers, and the chosen one. */
export function shownLayers(layers: readonly Layer[], which: Layers, chosen: string | null): Layer[] {
  return layers.filter(({ name, type, search }) =>
    type !== 'InputLayer' && (which === 'all' || type.includes('Conv') || search || name === chosen));
}

/** The layer to begin with: the one of the search layers that stands just past the middle, where patterns are rich and still easy to read. */
export function firstLayer(layers: readonly Layer[]): string | null {
  const search = layers.filter((layer) => layer.search);
  const candidates = search.length > 0 ? search : shownLayers(layers, 'convolutions', null);
  return candidates[Math.floor(candidates.length / 2)]?.name ?? null;
}

/** The layer of another model that stands as deep, as a share of all that the picker shows. */
export function sameDepth(from: readonly Layer[], layer: string, to: readonly Layer[]): string | null {
  const [here, there] = [shownLayers(from, 'convolutions', layer), shownLayers(to, 'convolutions', null)];
  const at = here.findIndex(({ name }) => name === layer);
  if (at < 0 || there.length === 0) return null;
  const share = here.length > 1 ? at / (here.length - 1) : 0;
  return there[Math.round(share * (there.length - 1))]?.name ?? null;
}

/** How many channels are selected from a layer, at least where it has as many. */
const selected = 30;

/** The channels that stand for a layer of n: evenly strided, 30 to 59 of them, or all of a smaller layer. */
export function selectedChannels(n: number): number[] {
  const step = Math.max(Math.floor(n / Math.min(n, selected)), 1);
  return Array.from({ length: Math.ceil(n / step) }, (_, i) => i * step);
}

/** All channels of a layer of n. */
export function allChannels(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}
