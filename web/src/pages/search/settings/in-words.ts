import type { Choice, ModelSummary } from '../../../api/types';
import { defaults, type View } from '../../../state/view';

/** What the server offers for a search, with its words. */
export interface Offers {
  metrics: Choice[];
  poolings: Choice[];
  transforms: Choice[];
}

/** A piece of a sentence; what is chosen is strong. */
export type Piece = string | { strong: string };

/** What is being searched with, as a sentence without its full stop. Names that are not known stand as they are. */
export function inWords(view: View, model: ModelSummary | undefined, offers: Offers | undefined): Piece[] {
  const layer = view.layer ?? model?.default_layer;
  const place = model?.search_layers.indexOf(layer ?? '') ?? -1;
  const words: Piece[] = ['Compared by what ', { strong: model?.title ?? view.model }, ' sees'];
  if (layer !== undefined && place < 0) words.push(' in its layer ', { strong: layer });
  if (layer !== undefined && place >= 0) words.push(' in its ', { strong: depth(place, model?.search_layers.length ?? 0) }, ` (${layer})`);
  return words.concat(...unusual(view, offers).map((what): Piece[] => ['; ', ...what]));
}

function depth(place: number, of: number): string {
  if (place === of - 1) return 'last layer';
  return `layer ${place + 1} of ${of}`;
}

/** The settings that are not the default ones. */
function unusual(view: View, offers: Offers | undefined): Piece[][] {
  const title = (choices: Choice[] | undefined, name: string) => choices?.find((choice) => choice.name === name)?.title ?? name;
  const all: Piece[][] = [];
  if (view.metric !== defaults.metric) {
    const power = view.metric === 'minkowski' ? ` with p = ${view.p}` : '';
    all.push(['distance: ', { strong: title(offers?.metrics, view.metric) + power }]);
  }
  if (view.pool !== defaults.pool) all.push(['pooling: ', { strong: title(offers?.poolings, view.pool) }]);
  if (view.transform !== defaults.transform) all.push(['transform: ', { strong: title(offers?.transforms, view.transform) }]);
  return all;
}
