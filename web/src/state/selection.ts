import { useSyncExternalStore } from 'react';

/** The pictures of a set that were caught on its map. */
export interface Selection {
  dataset: string;
  /** Ascending; none for no selection. */
  images: readonly number[];
  /** Whether the grid shows these alone. */
  alone: boolean;
}

const nothing: Selection = { dataset: '', images: [], alone: false };

let current = nothing;
const listeners = new Set<() => void>();

/** It may be thousands of pictures, too many for an address, so it is kept beside the view. */
export const selection = {
  /** Selects pictures of a set; none lets go of them. The grid shows those alone, if it did before. */
  take(dataset: string, images: readonly number[]): void {
    const alone = current.dataset === dataset && current.alone && images.length > 0;
    put(images.length === 0 ? nothing : { dataset, images, alone });
  },

  /** Says whether the grid shows the selected pictures alone. */
  showAlone(alone: boolean): void {
    put({ ...current, alone });
  },
};

/** The selection in a set. */
export function useSelection(dataset: string): Selection {
  return useSyncExternalStore(subscribe, () => (current.dataset === dataset ? current : nothing));
}

function put(next: Selection): void {
  current = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => { listeners.delete(listener); };
}
