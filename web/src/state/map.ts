import { parsePositions, writePositions } from './positions';

/** How the map is made and what of it is seen, as the URL holds it. */
export interface MapSettings {
  method: MapMethod;
  neighbours: number;
  minDist: number;
  seed: number;
  /** Whether the layers' maps are turned to each other; null leaves it to the size of the set. */
  aligned: boolean | null;
  /** Whether pictures are shown as such where there is room for them. */
  pictures: boolean;
  /** The classes that are shown, by their position in the set's list; null for all. */
  classes: number[] | null;
  /** The point in the middle and the magnification; null for the whole map. */
  camera: { x: number; y: number; zoom: number } | null;
}

export type MapMethod = 'umap' | 'pca';

export const mapDefaults: MapSettings = {
  method: 'umap',
  neighbours: 15,
  minDist: 0.1,
  seed: 42,
  aligned: null,
  pictures: true,
  classes: null,
  camera: null,
};

/** Maps of sets up to this size are aligned unless the URL says otherwise: every layer before has to be mapped too. */
export const alignedUpTo = 5000;

/**
 * Reads the settings of the map from one URL parameter: words with underscores
 * between, such as pca_s7_x0.25_y-0.1_z4. What says nothing of use is passed over.
 */
export function parseMap(value: unknown): MapSettings {
  const words = typeof value === 'string' ? value.split('_') : [];
  const number = (letter: string) => last(words.flatMap((word) => (word.startsWith(letter) ? decimal(word.slice(1)) : [])));
  const whole = (letter: string) => {
    const n = number(letter);
    return n !== null && Number.isSafeInteger(n) && n >= 0 ? n : null;
  };
  const [x, y, zoom] = [number('x'), number('y'), number('z')];
  return {
    method: words.includes('pca') ? 'pca' : mapDefaults.method,
    neighbours: whole('n') ?? mapDefaults.neighbours,
    minDist: number('d') ?? mapDefaults.minDist,
    seed: whole('s') ?? mapDefaults.seed,
    aligned: words.includes('aligned') ? true : words.includes('apart') ? false : null,
    pictures: !words.includes('marks'),
    classes: last(words.flatMap((word) => { const positions = parsePositions(word); return positions === null ? [] : [positions]; })),
    camera: zoom !== null && zoom > 1 ? { x: x ?? 0, y: y ?? 0, zoom } : null,
  };
}

/** Writes the settings of the map for the URL, leaving the defaults out; null where all are defaults. */
export function writeMap(map: MapSettings): string | null {
  const words: string[] = [];
  if (map.method !== mapDefaults.method) words.push(map.method);
  if (map.neighbours !== mapDefaults.neighbours) words.push(`n${map.neighbours}`);
  if (map.minDist !== mapDefaults.minDist) words.push(`d${map.minDist}`);
  if (map.seed !== mapDefaults.seed) words.push(`s${map.seed}`);
  if (map.aligned !== null) words.push(map.aligned ? 'aligned' : 'apart');
  if (!map.pictures) words.push('marks');
  if (map.classes !== null) words.push(writePositions(map.classes));
  if (map.camera !== null) {
    const { x, y, zoom } = map.camera;
    words.push(`x${short(x)}`, `y${short(y)}`, `z${short(zoom)}`);
  }
  return words.length === 0 ? null : words.join('_');
}

/** Six digits behind the point tell a pixel even in the nearest view. */
function short(value: number): string {
  return String(Number(value.toFixed(6)) || 0);
}

function decimal(text: string): number[] {
  return /^-?\d{1,16}(\.\d{1,16})?$/.test(text) ? [Number(text)] : [];
}

function last<T>(values: T[]): T | null {
  return values.at(-1) ?? null;
}
