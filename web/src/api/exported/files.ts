import type { ModelLayer } from '../types';
import { unreadable } from './refusal';

/** What an exported copy holds. */
export interface Contents {
  dataset: string;
  /** How many results every search has at most. */
  top: number;
  /** The layers that are indexed with each pooling, by model, from input to output. */
  pools: Record<string, ModelLayer[]>;
  transforms: string[];
  metrics: string[];
  /** Whether pictures have classes, and searches scores. */
  scored: boolean;
  /** The layers whose top pictures are there. */
  tops: ModelLayer[];
  maps: MapFile[];
}

/** A map, and the number of the file that has its places. */
export interface MapFile {
  model: string;
  layer: string;
  metric: string;
  pool: string;
  transform: string;
  method: string;
  neighbours: number;
  min_dist: number;
  seed: number;
  aligned: boolean;
  file: number;
}

/** Loads a file of the copy by its path below data/. */
export type Load = <T>(path: string) => Promise<T>;

const kept = 64;

/** Loads files by their addresses, and keeps those used last. */
export function loader(folder: string): Load {
  const files = new Map<string, Promise<unknown>>();
  return <T>(path: string) => {
    const file = files.get(path) ?? read(`${folder}/${path}`);
    files.delete(path);
    files.set(path, file);
    file.catch(() => files.delete(path));
    const [oldest] = files.keys();
    if (files.size > kept && oldest !== undefined) files.delete(oldest);
    return file as Promise<T>;
  };
}

async function read(address: string): Promise<unknown> {
  const response = await fetch(address).catch(() => null);
  if (!response?.ok) throw unreadable(address);
  return await (response.json() as Promise<unknown>).catch(() => { throw unreadable(address); });
}
