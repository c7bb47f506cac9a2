import { describe, expect, it } from 'vitest';
import { Scheduler } from './scheduler';

/** A scheduler whose work ends when told. */
function bench(limit = 2) {
  const begun: number[] = [];
  const given: number[] = [];
  const ends = new Map<number, () => void>();
  const scheduler = new Scheduler<number>(limit, (key, signal) => new Promise((resolve) => {
    begun.push(key);
    ends.set(key, resolve);
    signal.addEventListener('abort', () => { given.push(key); resolve(); });
  }));
  const end = async (key: number) => {
    ends.get(key)?.();
    await settle();
  };
  return { scheduler, begun, given, end };
}

const settle = () => new Promise((resolve) => { setTimeout(resolve); });

describe('the scheduler', () => {
  it('works at two at a time, in the order in which they are wanted', async () => {
    const { scheduler, begun, end } = bench();
    scheduler.want([5, 6, 7, 8]);
    expect(begun).toEqual([5, 6]);
    await end(6);
    expect(begun).toEqual([5, 6, 7]);
    await end(5);
    await end(7);
    expect(begun).toEqual([5, 6, 7, 8]);
  });

  it('gives up what is scrolled away, and takes what is in view instead', async () => {
    const { scheduler, begun, given } = bench();
    scheduler.want([1, 2, 3]);
    scheduler.want([2, 9]);
    await settle();
    expect(given).toEqual([1]);
    expect(begun).toEqual([1, 2, 9]);
  });

  it('does not do again what is done, but does what was given up', async () => {
    const { scheduler, begun, end } = bench();
    scheduler.want([1, 2]);
    await end(1);
    scheduler.want([]);
    await settle();
    scheduler.want([1, 2]);
    expect(begun).toEqual([1, 2, 2]);
  });

  it('goes on after work that failed', async () => {
    const begun: number[] = [];
    const scheduler = new Scheduler<number>(1, (key) => {
      begun.push(key);
      return key === 1 ? Promise.reject(new Error('no')) : Promise.resolve();
    });
    scheduler.want([1, 2]);
    await settle();
    expect(begun).toEqual([1, 2]);
  });
});
