import { describe, expect, it, vi } from 'vitest';
import { highlight } from './highlight';

describe('the highlight', () => {
  it('tells its listeners of every move, and of nothing else', () => {
    const heard = vi.fn();
    const leave = highlight.subscribe(heard);
    highlight.set(3);
    highlight.set(3);
    highlight.set(null);
    leave();
    highlight.set(4);
    expect(heard).toHaveBeenCalledTimes(2);
    highlight.set(null);
  });

  it('stays with the picture entered last, in whatever order the events come', () => {
    highlight.set(1);
    highlight.set(2);
    highlight.leave(1);
    expect(highlight.get()).toBe(2);
    highlight.leave(2);
    expect(highlight.get()).toBeNull();
  });
});
