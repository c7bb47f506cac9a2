import { queryOptions } from '@tanstack/react-query';
import type { Recipe } from '../state/explore';
import type { Query } from '../state/view';
import { answer, client } from './client';
import { ApiError } from './problem';
import type { Job, Rendering } from './types';

/** A channel of a layer of a model. */
export interface Subject {
  model: string;
  layer: string;
  channel: number;
}

/** A finished picture, or else the job that makes it. */
export interface RenderState {
  rendering?: Rendering;
  job?: Job;
}

/** Asks for the picture of a channel: one that is kept comes at once, else the job that renders it. */
export function startRendering(subject: Subject, recipe: Recipe, urgency: 'interactive' | 'bulk', signal?: AbortSignal): Promise<RenderState> {
  const { with: second, ...rest } = recipe;
  return answer(
    client.POST('/api/v1/models/{model}/layers/{layer}/channels/{channel}/rendering', {
      params: { path: { ...subject }, query: { ...rest, with: second ?? -1, urgency, watched: true } },
      ...(signal ? { signal } : {}),
    }),
  );
}

/** Whether so much is waiting already that the server takes nothing more for now. */
export function isBusy(error: unknown): boolean {
  return error instanceof ApiError && error.status === 429;
}

/** Why a rendering failed. */
export function renderFailure({ error }: Job): ApiError {
  const [, tried] = /\bit is dead: (.+)/.exec(error?.detail ?? '') ?? [];
  const dead = tried !== undefined;
  return new ApiError({
    status: 422,
    code: dead ? 'dead' : (error?.code ?? 'unknown'),
    title: dead ? 'This channel is dead' : 'The picture could not be rendered',
    detail: dead
      ? 'Nothing in the picture changes how it answers, so there is no picture to climb to. Networks often have a few such channels.'
      : (error?.detail ?? 'The server did not say why.'),
    hint: dead ? `What was tried: ${tried}.` : (error?.hint ?? ''),
  });
}

/** The pictures of a dataset that excite a channel most. */
export function topQuery(dataset: string, { model, layer, channel }: Subject) {
  return queryOptions({
    queryKey: ['top', dataset, model, layer, channel],
    queryFn: ({ signal }) => answer(
      client.GET('/api/v1/datasets/{dataset}/top', { params: { path: { dataset }, query: { model, layer, channel } }, signal }),
    ),
  });
}

/** What a channel makes of a picture. */
export function activationQuery(dataset: string, picture: Query, subject: Subject) {
  return queryOptions({
    queryKey: ['activation', dataset, picture, subject],
    queryFn: ({ signal }) => answer(
      client.GET('/api/v1/models/{model}/layers/{layer}/channels/{channel}/activation', {
        params: {
          path: { ...subject },
          query: picture.kind === 'image' ? { dataset, image: picture.index } : { picture: picture.id },
        },
        signal,
      }),
    ),
  });
}
