import type { CompareRow, ModelSummary } from '../../../api/types';
import { count } from '../../../lib/format';
import { bestOf, depthOf } from './charts';

/** "1 layer", "8 layers". */
export function layers(n: number): string {
  return `${count(n)} ${n === 1 ? 'layer' : 'layers'}`;
}

/** "EfficientNet-Lite0, layer 7 (block6d_add)". */
export function layerTitle(models: readonly ModelSummary[], { model: name, layer }: { model: string; layer: string }): string {
  const model = models.find((candidate) => candidate.name === name);
  if (!model) return `${name}, ${layer}`;
  const depth = depthOf(model, layer);
  return depth === null ? `${model.title}, ${layer}` : `${model.title}, layer ${depth} (${layer})`;
}

/** Which layers found most, as a sentence; "" while no row has a score. */
export function bestSentence(models: readonly ModelSummary[], rows: readonly CompareRow[]): string {
  if (rows.every(({ score }) => score === undefined)) return '';
  const best = bestOf(rows);
  const [first, ...rest] = best;
  if (!first) return 'No layer found a picture of this category.';
  const score = `${(first.score ?? 0).toFixed(1)} %`;
  if (rest.length === 0) return `${layerTitle(models, first)} found most: ${score}.`;
  const names = [...new Set(best.map(({ model }) => model))].map((name) => {
    const model = models.find((candidate) => candidate.name === name);
    const own = best.filter((row) => row.model === name).map(({ layer }) => (model ? depthOf(model, layer) : null) ?? layer);
    return `${model?.title ?? name} ${own.length === 1 ? 'layer' : 'layers'} ${listed(own)}`;
  });
  return `${layers(best.length)} tie at ${score}: ${names.join('; ')}.`;
}

function listed(names: readonly (string | number)[]): string {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}
