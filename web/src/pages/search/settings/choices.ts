import type { ModelSummary } from '../../../api/types';
import type { View } from '../../../state/view';

/**
 * The change to another dataset: an index means another picture there, so that only an uploaded picture stays the query;
 * and what was seen of the map was of that one.
 */
export function toDataset(view: View, dataset: string): Partial<View> {
  return {
    dataset,
    query: view.query?.kind === 'picture' ? view.query : null,
    map: { ...view.map, classes: null, camera: null },
    scores: { ...view.scores, classes: null },
  };
}

/** The change to another model: the layer keeps its place among the layers to search with, or becomes the model's default. */
export function toModel(view: View, model: string, models: readonly ModelSummary[]): Partial<View> {
  const place = models.find(({ name }) => name === view.model)?.search_layers.indexOf(view.layer ?? '') ?? -1;
  return { model, layer: models.find(({ name }) => name === model)?.search_layers[place] ?? null };
}

/** The change to another layer of a model; its default layer needs no name. */
export function toLayer(layer: string, model: ModelSummary | undefined): Partial<View> {
  return { layer: layer === model?.default_layer ? null : layer };
}

/** The models, those that can search at once first. */
export function installedFirst(models: readonly ModelSummary[]): ModelSummary[] {
  return models.toSorted((a, b) => Number(isMissing(a)) - Number(isMissing(b)));
}

/** Whether a model has no weights here that can be read. */
export function isMissing({ weights }: ModelSummary): boolean {
  return weights === 'missing' || weights === 'damaged';
}
