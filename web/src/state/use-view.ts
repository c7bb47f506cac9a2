import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import type { MapSettings } from './map';
import { parseView, writeView, type View } from './view';

/** The view that the URL holds. */
export function useView(): View {
  const search = useSearch({ from: '/' });
  return useMemo(() => parseView({ ...search }), [search]);
}

/**
 * Returns the function that changes the view, as a new entry of the browser's
 * history or, where that is not worth a step back, in place of the last one.
 */
export function useChangeView(): (change: Partial<View>, replace?: boolean) => void {
  const navigate = useNavigate({ from: '/' });
  return useCallback(
    (change, replace = false) => {
      void navigate({
        search: (search) => writeView({ ...parseView({ ...search }), ...change }),
        resetScroll: false,
        replace,
      });
    },
    [navigate],
  );
}

/** Returns the function that changes how the map is made and seen, like that which changes the view. */
export function useChangeMap(): (change: Partial<MapSettings>, replace?: boolean) => void {
  const navigate = useNavigate({ from: '/' });
  return useCallback(
    (change, replace = false) => {
      void navigate({
        search: (search) => {
          const view = parseView({ ...search });
          return writeView({ ...view, map: { ...view.map, ...change } });
        },
        resetScroll: false,
        replace,
      });
    },
    [navigate],
  );
}
