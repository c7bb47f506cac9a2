/**
 * Does work for keys, at most so many at a time, those wanted most first. Work
 * that is not wanted any more is given up; work that came to its end is not
 * done again.
 */
export class Scheduler<Key> {
  private wanted: readonly Key[] = [];
  private readonly running = new Map<Key, AbortController>();
  private readonly finished = new Set<Key>();
  private readonly limit: number;
  private readonly work: (key: Key, signal: AbortSignal) => Promise<void>;

  constructor(limit: number, work: (key: Key, signal: AbortSignal) => Promise<void>) {
    this.limit = limit;
    this.work = work;
  }

  /** Says what is wanted now, the most wanted first; all else is given up. */
  want(keys: readonly Key[]): void {
    this.wanted = keys;
    for (const [key, controller] of this.running) {
      if (!keys.includes(key)) controller.abort();
    }
    this.next();
  }

  private next(): void {
    for (const key of this.wanted) {
      if (this.running.size >= this.limit) return;
      if (!this.running.has(key) && !this.finished.has(key)) this.begin(key);
    }
  }

  private begin(key: Key): void {
    const controller = new AbortController();
    this.running.set(key, controller);
    void this.work(key, controller.signal).catch(() => undefined).then(() => {
      this.running.delete(key);
      if (!controller.signal.aborted) this.finished.add(key);
      this.next();
    });
  }
}
