import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { parseExplore, writeExplore, type Explore, type Recipe } from './explore';

/** What the explorer shows, by the URL. */
export function useExplore(): Explore {
  const search = useSearch({ from: '/explore' });
  return useMemo(() => parseExplore({ ...search }), [search]);
}

export type Change = Partial<Omit<Explore, 'recipe'>> & { recipe?: Partial<Recipe> };

/**
 * Returns the function that changes what the explorer shows. A change is a new
 * entry of the browser's history, unless only the frame changes. A frame belongs
 * to one picture: it is forgotten with it.
 */
export function useChangeExplore(): (change: Change) => void {
  const navigate = useNavigate({ from: '/explore' });
  return useCallback(
    (change) => {
      void navigate({
        search: (search) => writeExplore(changed(parseExplore({ ...search }), change)),
        resetScroll: false,
        replace: Object.keys(change).every((key) => key === 'frame'),
      });
    },
    [navigate],
  );
}

/** A view after a change. */
export function changed(view: Explore, { recipe, ...change }: Change): Explore {
  const another = recipe !== undefined || 'model' in change || 'layer' in change || 'channel' in change;
  return {
    ...view,
    ...(another ? { frame: null } : {}),
    ...change,
    recipe: { ...view.recipe, ...recipe },
  };
}
