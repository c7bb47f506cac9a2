import { useCallback, useSyncExternalStore } from 'react';
import { renderingAddress } from '../api/addresses';
import { followJob } from '../api/jobs';
import { asApiError } from '../api/problem';
import { isBusy, renderFailure, startRendering, type Subject } from '../api/renderings';
import type { Job } from '../api/types';
import { defaultRecipe, type Recipe } from '../state/explore';
import { Scheduler } from './scheduler';

/** What there is of a sketch. */
export type Sketch =
  | { kind: 'empty' }
  | { kind: 'running'; picture: string | null }
  | { kind: 'done'; picture: string }
  | { kind: 'failed'; dead: boolean; reason: string };

/** Sketches are small and need fewer steps to be told apart. */
const sketchRecipe: Recipe = { ...defaultRecipe, size: 96, steps: 128 };

const atWork = 2;
const busyPause = 2000;
const empty: Sketch = { kind: 'empty' };

/** Small pictures of channels, rendered while they are wanted, after whatever else the server has to do. */
export class Sketches {
  private readonly sketches = new Map<string, Sketch>();
  private readonly listeners = new Map<string, Set<() => void>>();
  private readonly scheduler = new Scheduler<string>(atWork, (key, signal) => this.render(key, signal));

  /** Says which channels are in view, those to render first first. */
  want(subjects: readonly Subject[]): void {
    this.scheduler.want(subjects.map(keyOf));
  }

  get(subject: Subject): Sketch {
    return this.at(keyOf(subject));
  }

  /** Calls a function whenever the sketch of a channel changes, until the one that is returned is called. */
  subscribe(subject: Subject, listener: () => void): () => void {
    const key = keyOf(subject);
    const all = this.listeners.get(key) ?? new Set();
    this.listeners.set(key, all.add(listener));
    return () => { all.delete(listener); };
  }

  private at(key: string): Sketch {
    return this.sketches.get(key) ?? empty;
  }

  private set(key: string, sketch: Sketch): void {
    this.sketches.set(key, sketch);
    this.listeners.get(key)?.forEach((listener) => { listener(); });
  }

  private async render(key: string, signal: AbortSignal): Promise<void> {
    try {
      for (;;) {
        const { rendering, job } = await ask(subjectOf(key), signal);
        if (rendering) {
          this.set(key, { kind: 'done', picture: renderingAddress(rendering.hash) });
          return;
        }
        if (job) await this.follow(key, job, signal);
      }
    } catch (error) {
      if (signal.aborted) {
        const sketch = this.at(key);
        if (sketch.kind === 'running' && sketch.picture === null) this.set(key, empty);
        return;
      }
      const { code, title, detail } = asApiError(error);
      this.set(key, { kind: 'failed', dead: code === 'dead', reason: `${title}: ${detail}` });
    }
  }

  /** Shows a job's pictures until it has ended, in whatever way. */
  private follow(key: string, { id }: Job, signal: AbortSignal): Promise<void> {
    if (this.at(key).kind !== 'running') this.set(key, { kind: 'running', picture: null });
    return new Promise((resolve, reject) => {
      const leave = followJob(id, {
        take: (job) => {
          if (job.render) this.set(key, { kind: 'running', picture: job.render.picture });
          if (job.state === 'failed') reject(renderFailure(job));
          if (job.state === 'done' || job.state === 'cancelled') resolve();
        },
        lost: resolve,
      });
      signal.addEventListener('abort', () => {
        leave(); // the server ends what nobody follows
        reject(new DOMException('given up', 'AbortError'));
      }, { once: true });
    });
  }
}

/** The sketch of a channel as it is now. */
export function useSketch(sketches: Sketches, { model, layer, channel }: Subject): Sketch {
  const subscribe = useCallback(
    (listener: () => void) => sketches.subscribe({ model, layer, channel }, listener),
    [sketches, model, layer, channel],
  );
  return useSyncExternalStore(subscribe, () => sketches.get({ model, layer, channel }));
}

async function ask(subject: Subject, signal: AbortSignal) {
  for (;;) {
    try {
      return await startRendering(subject, sketchRecipe, 'bulk', signal);
    } catch (error) {
      if (!isBusy(error)) throw error;
      await pause(busyPause, signal);
    }
  }
}

function keyOf({ model, layer, channel }: Subject): string {
  return JSON.stringify([model, layer, channel]);
}

function subjectOf(key: string): Subject {
  const [model, layer, channel] = JSON.parse(key) as [string, string, number];
  return { model, layer, channel };
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new DOMException('given up', 'AbortError'));
    }, { once: true });
  });
}
