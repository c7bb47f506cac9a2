import { useCallback, useEffect, useState, type RefObject } from 'react';

interface Return {
  /** Whether the user was taken away from the pictures and can go back. */
  away: boolean;
  /** Brings the results into view where they are not beside the pictures. */
  toResults: () => void;
  /** Brings the user back to the place among the pictures. */
  toPictures: () => void;
}

interface Left {
  scroll: number;
  focus: Element | null;
}

/**
 * Takes care of the user's place where results and pictures stand above one
 * another: after a click the results come into view, and one button leads back.
 */
export function useReturn(stage: RefObject<HTMLElement | null>): Return {
  const [left, setLeft] = useState<Left | null>(null);

  const toResults = useCallback(() => {
    const results = stage.current;
    if (!results || isVisible(results)) return;
    setLeft({ scroll: window.scrollY, focus: document.activeElement });
    results.focus({ preventScroll: true });
    results.scrollIntoView({ behavior: motion(), block: 'start' });
  }, [stage]);

  const toPictures = useCallback(() => {
    if (!left) return;
    window.scrollTo({ top: left.scroll, behavior: motion() });
    if (left.focus instanceof HTMLElement) left.focus.focus({ preventScroll: true });
    setLeft(null);
  }, [left]);

  useEffect(() => {
    if (!left) return;
    // Whoever scrolls back on their own needs the button no more.
    const forget = () => {
      if (window.scrollY >= left.scroll) setLeft(null);
    };
    window.addEventListener('scrollend', forget);
    return () => { window.removeEventListener('scrollend', forget); };
  }, [left]);

  return { away: left !== null, toResults, toPictures };
}

function isVisible(element: Element): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  return top > -100 && bottom > 0 && top < window.innerHeight / 2;
}

function motion(): ScrollBehavior {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth';
}
