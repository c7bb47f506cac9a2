import { layerKey } from '../../../api/rows';
import type { CompareRow, ModelLayer, ModelSummary } from '../../../api/types';

/** A layer in the chart of its model. */
export interface Slot {
  layer: string;
  /** 1 for the shallowest of the model's search layers; null for a layer that is none of them. */
  depth: number | null;
  /** What the layer finds; undefined while that is not known. */
  row: CompareRow | undefined;
  best: boolean;
  /** Whether it is the layer that the page searches by. */
  current: boolean;
}

export interface Chart {
  model: ModelSummary;
  /** From shallow to deep. */
  slots: Slot[];
}

/** A chart for every model that can search, in the order of the models. */
export function chartsOf(models: readonly ModelSummary[], rows: readonly CompareRow[], current: ModelLayer): Chart[] {
  const best = new Set(bestOf(rows).map(layerKey));
  return models.filter(canSearch).map((model) => {
    const own = rows.filter((row) => row.model === model.name);
    const slots = merged(model.search_layers, own.map(({ layer }) => layer)).map((layer): Slot => {
      const key = layerKey({ model: model.name, layer });
      return {
        layer,
        depth: depthOf(model, layer),
        row: own.find((row) => row.layer === layer),
        best: best.has(key),
        current: key === layerKey(current),
      };
    });
    return { model, slots };
  });
}

/** Whether the weights of a model are here. */
export function canSearch({ weights }: ModelSummary): boolean {
  return weights === 'embedded' || weights === 'installed';
}

/** The place of a layer among the model's search layers, from 1; null for another layer. */
export function depthOf(model: ModelSummary, layer: string): number | null {
  const place = model.search_layers.indexOf(layer);
  return place < 0 ? null : place + 1;
}

// As the server has it: scores nearer to each other than this differ by rounding alone.
const sameScore = 1e-9;

/** The rows of the highest score, all of them where several tie; none where no layer found anything right. */
export function bestOf(rows: readonly CompareRow[]): CompareRow[] {
  const most = Math.max(0, ...rows.map(({ score }) => score ?? 0));
  return rows.filter(({ score = 0 }) => score > 0 && score >= most - sameScore);
}

/**
 * Two lists of layers as one, both from shallow to deep. How a layer that only
 * the first has stands to one that only the second has is not known: where both
 * orders are possible, the second's comes first.
 */
export function merged(search: readonly string[], compared: readonly string[]): string[] {
  const layers: string[] = [];
  let next = 0;
  for (const layer of compared) {
    const place = search.indexOf(layer);
    if (place >= next) {
      layers.push(...search.slice(next, place));
      next = place + 1;
    }
    layers.push(layer);
  }
  return [...layers, ...search.slice(next)];
}
