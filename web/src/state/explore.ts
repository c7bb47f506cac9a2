import { defaults, type Query } from './view';

/** What the explorer shows, as the URL holds it. */
export interface Explore {
  model: string;
  /** null stands for the layer that the page chooses. */
  layer: string | null;
  /** A channel of the layer; where the objective is a class, the class. */
  channel: number;
  recipe: Recipe;
  channels: Channels;
  layers: Layers;
  /** The step of the kept frame that is shown; null for the finished picture. */
  frame: number | null;
  /** Where the pictures that excite the channel come from. */
  dataset: string;
  /** The picture that the channel is shown; null stands for the one that excites it most. */
  shown: Query | null;
}

/** How a picture is rendered, beside what of. */
export interface Recipe {
  objective: Objective;
  /** The least instead of the most. */
  negative: boolean;
  /** A second channel, climbed together with the first. */
  with: number | null;
  /** The weight of the second channel, of 1 in all. */
  blend: number;
  /** Rendered at once and pushed apart. */
  pictures: number;
  seed: number;
  size: number;
  steps: number;
}

export const objectives = ['channel', 'neuron', 'layer', 'class'] as const;
export type Objective = (typeof objectives)[number];

/** Which channels the grid holds. */
export type Channels = 'selected' | 'all';

/** Which layers the picker holds. */
export type Layers = 'convolutions' | 'all';

export type ExploreSearch = Partial<Record<
  'model' | 'layer' | 'channel' | 'objective' | 'negative' | 'with' | 'blend' | 'pictures' | 'seed' | 'size' | 'steps' | 'channels' | 'layers' | 'frame' | 'dataset' | 'image' | 'picture',
  string
>>;

export const defaultRecipe: Recipe = {
  objective: 'channel',
  negative: false,
  with: null,
  blend: 0.5,
  pictures: 1,
  seed: 0,
  size: 128,
  steps: 512,
};

export const exploreDefaults: Explore = {
  model: defaults.model,
  layer: null,
  channel: 0,
  recipe: defaultRecipe,
  channels: 'selected',
  layers: 'convolutions',
  frame: null,
  dataset: defaults.dataset,
  shown: null,
};

const longestName = 200;

/**
 * Reads what the explorer shows from URL parameters. Names and numbers are kept
 * as they are, known or not, so that the server can say what is wrong with
 * them; numbers that are none fall back to the defaults.
 */
export function parseExplore(search: Readonly<Record<string, unknown>>): Explore {
  return {
    model: name(search.model) ?? exploreDefaults.model,
    layer: name(search.layer),
    channel: whole(search.channel) ?? exploreDefaults.channel,
    recipe: {
      objective: objectives.find((o) => o === search.objective) ?? defaultRecipe.objective,
      negative: search.negative === 'true',
      with: whole(search.with),
      blend: share(search.blend) ?? defaultRecipe.blend,
      pictures: whole(search.pictures) ?? defaultRecipe.pictures,
      seed: whole(search.seed) ?? defaultRecipe.seed,
      size: whole(search.size) ?? defaultRecipe.size,
      steps: whole(search.steps) ?? defaultRecipe.steps,
    },
    channels: search.channels === 'all' ? 'all' : 'selected',
    layers: search.layers === 'all' ? 'all' : 'convolutions',
    frame: whole(search.frame),
    dataset: name(search.dataset) ?? exploreDefaults.dataset,
    shown: shown(search),
  };
}

/** Writes what the explorer shows as URL parameters, in a fixed order, leaving the defaults out. */
export function writeExplore({ model, layer, channel, recipe, channels, layers, frame, dataset, shown }: Explore): ExploreSearch {
  const search: ExploreSearch = {};
  if (model !== exploreDefaults.model) search.model = model;
  if (layer !== null) search.layer = layer;
  if (channel !== exploreDefaults.channel) search.channel = String(channel);
  if (recipe.objective !== defaultRecipe.objective) search.objective = recipe.objective;
  if (recipe.negative) search.negative = 'true';
  if (recipe.with !== null) search.with = String(recipe.with);
  if (recipe.with !== null && recipe.blend !== defaultRecipe.blend) search.blend = String(recipe.blend);
  if (recipe.pictures !== defaultRecipe.pictures) search.pictures = String(recipe.pictures);
  if (recipe.seed !== defaultRecipe.seed) search.seed = String(recipe.seed);
  if (recipe.size !== defaultRecipe.size) search.size = String(recipe.size);
  if (recipe.steps !== defaultRecipe.steps) search.steps = String(recipe.steps);
  if (channels !== exploreDefaults.channels) search.channels = channels;
  if (layers !== exploreDefaults.layers) search.layers = layers;
  if (frame !== null) search.frame = String(frame);
  if (dataset !== exploreDefaults.dataset) search.dataset = dataset;
  if (shown?.kind === 'image') search.image = String(shown.index);
  if (shown?.kind === 'picture') search.picture = shown.id;
  return search;
}

function shown(search: Readonly<Record<string, unknown>>): Query | null {
  const index = whole(search.image);
  if (index !== null) return { kind: 'image', index };
  const id = name(search.picture);
  return id === null ? null : { kind: 'picture', id };
}

function name(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const trimmed = value.trim();
  return trimmed === '' || trimmed.length > longestName ? null : trimmed;
}

function whole(value: unknown): number | null {
  if (typeof value !== 'string' || !/^\d{1,16}$/.test(value)) return null;
  const n = Number(value);
  return Number.isSafeInteger(n) ? n : null;
}

function share(value: unknown): number | null {
  if (typeof value !== 'string' || value.trim() === '') return null;
  const n = Number(value);
  return n >= 0 && n <= 1 ? n : null;
}
