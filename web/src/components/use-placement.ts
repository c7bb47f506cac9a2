import { useLayoutEffect, useRef, useState } from 'react';

/** The width of the grid and its distance from the top of the document, in pixels; zero before it is laid out. */
export function usePlacement() {
  const ref = useRef<HTMLDivElement>(null);
  const [placement, setPlacement] = useState({ width: 0, offset: 0 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => {
      const { width, top } = element.getBoundingClientRect();
      const offset = Math.round(top + window.scrollY);
      setPlacement((last) => (last.width === width && last.offset === offset ? last : { width, offset }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    // What stands above the grid moves it without resizing it.
    observer.observe(document.body);
    return () => { observer.disconnect(); };
  }, []);
  return { ref, ...placement };
}
