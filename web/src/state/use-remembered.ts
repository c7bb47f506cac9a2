import { useEffect, useRef } from 'react';
import { recall, remember } from './memory';

/** Whether the advanced page was the last choice. */
export function recallAdvanced(): boolean {
  return recall('advanced') === '1';
}

/** Remembers whether the page is advanced, once that changes while it is open: a link that was followed decides nothing. */
export function useRememberAdvanced(advanced: boolean): void {
  const last = useRef(advanced);
  useEffect(() => {
    if (last.current === advanced) return;
    last.current = advanced;
    remember('advanced', advanced ? '1' : '0');
  }, [advanced]);
}
