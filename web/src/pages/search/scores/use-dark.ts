import { useSyncExternalStore } from 'react';

const dark = '(prefers-color-scheme: dark)';

/** Whether the page is dark: canvases do not hear of that by themselves. */
export function useDark(): boolean {
  return useSyncExternalStore(listen, () => window.matchMedia(dark).matches);
}

function listen(changed: () => void): () => void {
  const query = window.matchMedia(dark);
  query.addEventListener('change', changed);
  return () => { query.removeEventListener('change', changed); };
}
