import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { parseView, writeView, type View } from './view';

/** The view that the URL holds. */
export function useView(): View {
  const search = useSearch({ from: '/' });
  return useMemo(() => parseView({ ...search }), [search]);
}

/** Returns the function that changes the view, as a new entry of the browser's history. */
export function useChangeView(): (change: Partial<View>) => void {
  const navigate = useNavigate({ from: '/' });
  return useCallback(
    (change) => {
      void navigate({
        search: (search) => writeView({ ...parseView({ ...search }), ...change }),
        resetScroll: false,
      });
    },
    [navigate],
  );
}
