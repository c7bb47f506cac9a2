import type { View } from './view';

/** What two searches for the same picture can differ in. */
export type Configuration = Pick<View, 'model' | 'layer' | 'metric' | 'p' | 'pool' | 'transform'>;

// A character that names have not, and that addresses do not escape.
const separator = '*';

/** The configuration of a view's own search. */
export function configurationOf({ model, layer, metric, p, pool, transform }: Configuration): Configuration {
  return { model, layer, metric, p, pool, transform };
}

/**
 * Writes a configuration as one parameter of the URL: its names, nothing for
 * each that equals the defaults, the last of them left out.
 */
export function writeConfiguration(configuration: Configuration, defaults: Configuration): string {
  const { model, layer, metric, p, pool, transform } = configuration;
  const parts = [
    model === defaults.model ? '' : model,
    layer ?? '',
    metric === defaults.metric ? '' : metric,
    metric === 'minkowski' && p !== defaults.p ? String(p) : '',
    pool === defaults.pool ? '' : pool,
    transform === defaults.transform ? '' : transform,
  ];
  while (parts.at(-1) === '') parts.pop();
  return parts.join(separator);
}

/** The parts of a configuration in the URL, as parameters of their own. */
export function splitConfiguration(text: string): Record<'model' | 'layer' | 'metric' | 'p' | 'pool' | 'transform', string | undefined> {
  const [model, layer, metric, p, pool, transform] = text.split(separator);
  return { model, layer, metric, p, pool, transform };
}
