import { renderingAddress } from '../../api/addresses';
import { followJob } from '../../api/jobs';
import { asApiError } from '../../api/problem';
import { isBusy, renderFailure, startRendering } from '../../api/renderings';
import type { Job } from '../../api/types';
import { defaultRecipe, type Recipe } from '../../state/explore';
import { Scheduler } from './scheduler';

/** What a tile of the grid shows. */
export type Tile =
  | { kind: 'empty' }
  | { kind: 'running'; picture: string | null }
  | { kind: 'done'; picture: string }
  | { kind: 'failed'; dead: boolean; reason: string };

/** Tiles are small and need fewer steps to be told apart. */
export const tileRecipe: Recipe = { ...defaultRecipe, size: 96, steps: 128 };

const atWork = 2;
const busyPause = 2000;
const empty: Tile = { kind: 'empty' };

/** The tiles of a layer's channels, rendered while they are wanted. */
export class Tiles {
  private readonly tiles = new Map<number, Tile>();
  private readonly listeners = new Map<number, Set<() => void>>();
  private readonly scheduler: Scheduler<number>;
  private readonly model: string;
  private readonly layer: string;

  constructor(model: string, layer: string) {
    this.model = model;
    this.layer = layer;
    this.scheduler = new Scheduler(atWork, (channel, signal) => this.render(channel, signal));
  }

  /** Says which channels are in view, those to render first first. */
  want(channels: readonly number[]): void {
    this.scheduler.want(channels);
  }

  get(channel: number): Tile {
    return this.tiles.get(channel) ?? empty;
  }

  /** Calls a function whenever the tile of a channel changes, until the one that is returned is called. */
  subscribe(channel: number, listener: () => void): () => void {
    const all = this.listeners.get(channel) ?? new Set();
    this.listeners.set(channel, all.add(listener));
    return () => { all.delete(listener); };
  }

  private set(channel: number, tile: Tile): void {
    this.tiles.set(channel, tile);
    this.listeners.get(channel)?.forEach((listener) => { listener(); });
  }

  private async render(channel: number, signal: AbortSignal): Promise<void> {
    try {
      for (;;) {
        const { rendering, job } = await this.ask(channel, signal);
        if (rendering) {
          this.set(channel, { kind: 'done', picture: renderingAddress(rendering.hash) });
          return;
        }
        if (job) await this.follow(channel, job, signal);
      }
    } catch (error) {
      if (signal.aborted) {
        const tile = this.get(channel);
        if (tile.kind === 'running' && tile.picture === null) this.set(channel, empty);
        return;
      }
      const { code, title, detail } = asApiError(error);
      this.set(channel, { kind: 'failed', dead: code === 'dead', reason: `${title}: ${detail}` });
    }
  }

  private async ask(channel: number, signal: AbortSignal) {
    for (;;) {
      try {
        return await startRendering({ model: this.model, layer: this.layer, channel }, tileRecipe, 'bulk', signal);
      } catch (error) {
        if (!isBusy(error)) throw error;
        await pause(busyPause, signal);
      }
    }
  }

  /** Shows a job's pictures until it has ended, in whatever way. */
  private follow(channel: number, { id }: Job, signal: AbortSignal): Promise<void> {
    const before = this.get(channel);
    if (before.kind !== 'running') this.set(channel, { kind: 'running', picture: null });
    return new Promise((resolve, reject) => {
      const leave = followJob(id, {
        take: (job) => {
          if (job.render) this.set(channel, { kind: 'running', picture: job.render.picture });
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

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new DOMException('given up', 'AbortError'));
    }, { once: true });
  });
}
