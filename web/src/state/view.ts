import { exported } from '../api/site';
import { splitConfiguration, writeConfiguration, type Configuration } from './configuration';
import { mapDefaults, parseMap, writeMap, type MapSettings } from './map';
import { parseScores, scoresDefaults, writeScores, type ScoresSettings } from './scores';

/** What the page shows, as the URL holds it. */
export interface View {
  dataset: string;
  model: string;
  /** null stands for the model's own default layer. */
  layer: string | null;
  metric: string;
  /** The exponent; only the metric minkowski reads it. */
  p: number;
  pool: string;
  transform: string;
  arrangement: Arrangement;
  /** null stands for the picture that the page suggests. */
  query: Query | null;
  /** Whether the page shows all that it can do; null, where nothing is said, stands for no, and for the visitor's last choice where the page is entered. */
  advanced: boolean | null;
  /** The panels of the advanced page that are open, in the page's order. */
  open: Panel[];
  map: MapSettings;
  scores: ScoresSettings;
  /** The second of two searches side by side; null stands for one that the page suggests. */
  other: Configuration | null;
}

export type Arrangement = 'all' | 'category';

/** The panels of the advanced page, from top to bottom. */
export const panels = ['settings', 'map', 'compare', 'contrast', 'scores'] as const;

export type Panel = (typeof panels)[number];

/** A picture of the dataset by its index, or an uploaded one by its id. */
export type Query = { kind: 'image'; index: number } | { kind: 'picture'; id: string };

/** The search part of the URL, without what equals the defaults. */
export interface ViewSearch {
  dataset?: string;
  model?: string;
  layer?: string;
  metric?: string;
  p?: string;
  pool?: string;
  transform?: string;
  view?: string;
  query?: string;
  picture?: string;
  advanced?: string;
  open?: string;
  map?: string;
  scores?: string;
  other?: string;
}

export const defaults: View = {
  dataset: exported?.dataset ?? 'stamps',
  model: exported?.model ?? 'efficientnet-lite0',
  layer: null,
  metric: exported?.metric ?? 'cosine',
  p: 3,
  pool: exported?.pool ?? 'avg',
  transform: exported?.transform ?? 'sqrt-center',
  arrangement: 'all',
  query: null,
  advanced: null,
  open: ['settings'],
  map: mapDefaults,
  scores: scoresDefaults,
  other: null,
};

const longestName = 200;
const longestOther = 1000;

/**
 * Reads a view from URL parameters. Names are kept as they are, known or not,
 * so that the page can say what is wrong with them; numbers that are none fall
 * back to the defaults.
 */
export function parseView(search: Readonly<Record<string, unknown>>): View {
  return {
    dataset: name(search.dataset) ?? defaults.dataset,
    ...configuration(search),
    arrangement: search.view === 'category' ? 'category' : 'all',
    query: query(search),
    advanced: search.advanced === '1' ? true : search.advanced === '0' ? false : null,
    open: search.open === undefined ? defaults.open : openPanels(search.open),
    map: parseMap(search.map),
    scores: parseScores(search.scores),
    other: typeof search.other === 'string' && search.other.length <= longestOther ? configuration(splitConfiguration(search.other)) : null,
  };
}

/** Writes a view as URL parameters, in a fixed order, leaving the defaults out. */
export function writeView(view: View): ViewSearch {
  const search: ViewSearch = {};
  if (view.dataset !== defaults.dataset) search.dataset = view.dataset;
  if (view.model !== defaults.model) search.model = view.model;
  if (view.layer !== null) search.layer = view.layer;
  if (view.metric !== defaults.metric) search.metric = view.metric;
  if (view.metric === 'minkowski' && view.p !== defaults.p) search.p = String(view.p);
  if (view.pool !== defaults.pool) search.pool = view.pool;
  if (view.transform !== defaults.transform) search.transform = view.transform;
  if (view.arrangement !== defaults.arrangement) search.view = view.arrangement;
  if (view.query?.kind === 'image') search.query = String(view.query.index);
  if (view.query?.kind === 'picture') search.picture = view.query.id;
  if (view.advanced !== null) search.advanced = view.advanced ? '1' : '0';
  const open = panels.filter((panel) => view.open.includes(panel)).join('.');
  if (open !== defaults.open.join('.')) search.open = open;
  const map = writeMap(view.map);
  if (map !== null) search.map = map;
  const scores = writeScores(view.scores);
  if (scores !== null) search.scores = scores;
  if (view.other !== null) search.other = writeConfiguration(view.other, defaults);
  return search;
}

/** Reads a query string; every value stays a string, so that ids such as 12e4 survive. */
export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

/** Writes URL parameters as a query string with its question mark, or as nothing. */
export function writeSearch(search: Readonly<Record<string, unknown>>): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) {
    if (typeof value === 'string') parameters.set(key, value);
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

function configuration(search: Readonly<Record<string, unknown>>): Configuration {
  return {
    model: name(search.model) ?? defaults.model,
    layer: name(search.layer),
    metric: name(search.metric) ?? defaults.metric,
    p: exponent(search.p),
    pool: name(search.pool) ?? defaults.pool,
    transform: name(search.transform) ?? defaults.transform,
  };
}

function openPanels(value: unknown): Panel[] {
  const names = typeof value === 'string' ? value.split('.') : [];
  return panels.filter((panel) => names.includes(panel));
}

function name(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const trimmed = value.trim();
  return trimmed === '' || trimmed.length > longestName ? null : trimmed;
}

function exponent(value: unknown): number {
  if (typeof value !== 'string' || value.trim() === '') return defaults.p;
  const p = Number(value);
  return Number.isFinite(p) && p >= 1 ? p : defaults.p;
}

function query(search: Readonly<Record<string, unknown>>): Query | null {
  if (typeof search.query === 'string' && /^\d{1,9}$/.test(search.query)) {
    return { kind: 'image', index: Number(search.query) };
  }
  const id = name(search.picture);
  return id === null ? null : { kind: 'picture', id };
}
