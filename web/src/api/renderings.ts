import type { Recipe } from '../state/explore';
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
      params: { path: { ...subject }, query: { ...rest, with: second ?? -1, urgency } },
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
  const dead = error !== undefined && /\bdead\b/.test(error.detail);
  return new ApiError({
    status: 422,
    code: dead ? 'dead' : (error?.code ?? 'unknown'),
    title: dead ? 'This channel is dead' : 'The picture could not be rendered',
    detail: dead
      ? 'Nothing in the picture changes how it answers, so there is no picture to climb to. Networks often have a few such channels.'
      : (error?.detail ?? 'The server did not say why.'),
    hint: dead ? `What was tried: ${error.detail}.` : (error?.hint ?? ''),
  });
}
