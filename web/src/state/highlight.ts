import { useEffect, useMemo, useSyncExternalStore } from 'react';

/** A picture of the dataset that is shown, by its index; null for none. */
type Highlight = number | null;

let current: Highlight = null;
const listeners = new Set<() => void>();

/**
 * The picture under the pointer or the keyboard's focus, wherever on the page:
 * what shows the same picture elsewhere lights up with it. It is kept outside of
 * React, so that a pointer that moves renders the two pictures concerned and
 * nothing else.
 */
export const highlight = {
  get: (): Highlight => current,

  set(next: Highlight): void {
    if (next === current) return;
    current = next;
    for (const listener of listeners) listener();
  },

  /** Ends the highlight of one picture, unless another has it by now. */
  leave(index: number): void {
    if (current === index) highlight.set(null);
  },

  /** Calls a function whenever the highlight moves, until the one that is returned is called. */
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => { listeners.delete(listener); };
  },
};

/**
 * Links an element that shows a picture to the highlight: whether it is lit, and
 * the handlers by which it lights the picture up while the pointer or the
 * focus is on it.
 */
export function useHighlight(index: number) {
  const lit = useSyncExternalStore(highlight.subscribe, () => current === index);
  // An element that goes, or shows another picture, hears nothing of the pointer that leaves it.
  useEffect(() => () => { highlight.leave(index); }, [index]);
  const handlers = useMemo(() => {
    const enter = () => { highlight.set(index); };
    const leave = () => { highlight.leave(index); };
    return { onPointerEnter: enter, onPointerLeave: leave, onFocus: enter, onBlur: leave };
  }, [index]);
  return { lit, handlers };
}
