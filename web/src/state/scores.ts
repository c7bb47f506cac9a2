import { parsePositions, writePositions } from './positions';

/** What the comparison by the whole set shows, as the URL holds it. */
export interface ScoresSettings {
  /** The distances to score by, beside that of the view. */
  metrics: string[];
  /** The model whose layers are charted; null for that of the view. */
  model: string | null;
  /** The classes that are shown, by their position in the set's list; null for all. */
  classes: number[] | null;
}

export const scoresDefaults: ScoresSettings = { metrics: [], model: null, classes: null };

// A character that names have not, and that addresses do not escape.
const separator = '*';
const longest = 1000;

/** Reads one URL parameter such as euclidean.manhattan*resnet50*c.0.3. What says nothing of use is passed over. */
export function parseScores(value: unknown): ScoresSettings {
  if (typeof value !== 'string' || value.length > longest) return scoresDefaults;
  const [metrics = '', model = '', classes = ''] = value.split(separator);
  return {
    metrics: [...new Set(metrics.split('.').filter((metric) => metric !== ''))],
    model: model === '' ? null : model,
    classes: parsePositions(classes),
  };
}

/** Writes the settings for the URL, the last parts left out where they are defaults; null where all are. */
export function writeScores({ metrics, model, classes }: ScoresSettings): string | null {
  const parts = [metrics.join('.'), model ?? '', classes === null ? '' : writePositions(classes)];
  while (parts.at(-1) === '') parts.pop();
  return parts.length === 0 ? null : parts.join(separator);
}
