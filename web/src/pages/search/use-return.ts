import { useCallback, useEffect, useRef, useState, type RefObject } from 'react';
import { motion } from '../../lib/motion';

interface Return {
  /** Whether the pictures are out of view. */
  away: boolean;
  /** Brings the results into view where they are not. */
  toResults: () => void;
  /** Brings the user to the pictures: to the place that was left, or to their beginning. */
  toPictures: () => void;
}

/**
 * Takes care of the user's place where results and pictures stand above one
 * another: after a click the results come into view, and one button leads back.
 */
export function useReturn(results: RefObject<HTMLElement | null>, pictures: RefObject<HTMLElement | null>): Return {
  const [away, setAway] = useState(false);
  const place = useRef<number | null>(null);

  const toResults = useCallback(() => {
    const section = results.current;
    if (!section || isVisible(section)) return;
    // Beside the pictures the place there is not lost, and neither is the focus.
    if (!areBeside(results, pictures)) {
      place.current = window.scrollY;
      section.focus({ preventScroll: true });
    }
    section.scrollIntoView({ behavior: motion(), block: 'start' });
  }, [results, pictures]);

  const toPictures = () => {
    const section = pictures.current;
    if (!section) return;
    if (place.current === null) section.scrollIntoView({ behavior: motion(), block: 'start' });
    else window.scrollTo({ top: place.current, behavior: motion() });
    section.querySelector<HTMLElement>('[role="grid"] [tabindex="0"]')?.focus({ preventScroll: true });
  };

  useEffect(() => {
    const section = pictures.current;
    if (!section) return;
    const observer = new IntersectionObserver(([entry]) => { setAway(entry?.isIntersecting === false); });
    observer.observe(section);
    return () => { observer.disconnect(); };
  }, [pictures]);

  return { away, toResults, toPictures };
}

function isVisible(element: Element): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  return top > -100 && bottom > 0 && top < window.innerHeight / 2;
}

function areBeside(left: RefObject<HTMLElement | null>, right: RefObject<HTMLElement | null>): boolean {
  if (!left.current || !right.current) return false;
  return left.current.getBoundingClientRect().right <= right.current.getBoundingClientRect().left;
}
