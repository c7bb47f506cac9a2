import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
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

/** Returns the function that changes a part of the view that has settings of its own, like that which changes the view. */
export function useChangePart<Part extends 'map' | 'scores'>(part: Part): (change: Partial<View[Part]>, replace?: boolean) => void {
  const navigate = useNavigate({ from: '/' });
  return useCallback(
    (change, replace = false) => {
      void navigate({
        search: (search) => {
          const view = parseView({ ...search });
          return writeView({ ...view, [part]: { ...view[part], ...change } });
        },
        resetScroll: false,
        replace,
      });
    },
    [navigate, part],
  );
}
