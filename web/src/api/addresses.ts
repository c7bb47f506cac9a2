import type { Query } from '../state/view';
import type { Subject } from './renderings';
import { exported } from './site';

const base = '/api/v1';

/** The address of a picture's thumbnail, longest side 256; version is the dataset's. */
export function thumbnailAddress(dataset: string, version: string, index: number): string {
  return exported ? `data/thumbnails/${index}.jpg` : `${imageAddress(dataset, index)}/thumbnail?v=${encodeURIComponent(version)}`;
}

/** The address of a picture in full; version is the dataset's. */
export function fileAddress(dataset: string, version: string, index: number): string {
  return exported ? `assets/semsearch/datasets/${dataset}/${index}.jpg` : `${imageAddress(dataset, index)}/file?v=${encodeURIComponent(version)}`;
}

/** The address of a sheet of small pictures, in cells of the given side; version is the dataset's, and the images ascend. */
export function atlasAddress(dataset: string, version: string, side: number, images: readonly number[]): string {
  return `${base}/datasets/${encodeURIComponent(dataset)}/atlas?v=${encodeURIComponent(version)}&size=${side}&images=${images.join(',')}`;
}

/** The address of an uploaded picture. */
export function pictureAddress(id: string): string {
  return `${base}/pictures/${encodeURIComponent(id)}`;
}

/** The address of a job's stream of events. */
export function eventsAddress(job: string): string {
  return `${base}/jobs/${encodeURIComponent(job)}/events`;
}

/** The address of a finished rendering, by the hash of its recipe. */
export function renderingAddress(hash: string): string {
  return exported ? `data/renderings/${hash}.png` : `${base}/renderings/${hash}/image`;
}

/** The address of a finished rendering as it was after a step that is kept. */
export function frameAddress(hash: string, step: number): string {
  return `${base}/renderings/${hash}/frames/${step}`;
}

/** The address of what a channel makes of a picture, as a heat map. */
export function heatAddress({ model, layer, channel }: Subject, dataset: string, picture: Query): string {
  const parameters = picture.kind === 'image' ? { dataset, image: String(picture.index) } : { picture: picture.id };
  return `${base}/models/${encodeURIComponent(model)}/layers/${encodeURIComponent(layer)}/channels/${channel}/activation.png?${new URLSearchParams(parameters).toString()}`;
}

function imageAddress(dataset: string, index: number): string {
  return `${base}/datasets/${encodeURIComponent(dataset)}/images/${index}`;
}
