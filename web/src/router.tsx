import { createHashHistory, createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { exported } from './api/site';
import { Missing } from './components/missing';
import { Shell } from './components/shell';
import { Trouble } from './components/trouble';
import { SearchPage } from './pages/search/search-page';
import { parseExplore, writeExplore } from './state/explore';
import { recallAdvanced } from './state/use-remembered';
import { parseSearch, parseView, writeSearch, writeView } from './state/view';

const rootRoute = createRootRoute({ component: Shell, notFoundComponent: Missing });

const searchRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  validateSearch: (search: Record<string, unknown>) => writeView(parseView(search)),
  beforeLoad: ({ search, cause }) => {
    // Only who enters the page gets the last choice: going back must undo the switch.
    if (cause === 'enter' && search.advanced === undefined && recallAdvanced()) {
      throw redirect({ to: '/', search: { ...search, advanced: '1' }, replace: true });
    }
  },
  component: SearchPage,
});

const exploreRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/explore',
  validateSearch: (search: Record<string, unknown>) => writeExplore(parseExplore(search)),
  component: lazyRouteComponent(() => import('./pages/explore/explore-page'), 'ExplorePage'),
});

const aboutRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/about',
  component: lazyRouteComponent(() => import('./pages/about/about-page'), 'AboutPage'),
});

export const router = createRouter({
  // A file server knows no views: they stand behind the # of the page's address.
  ...(exported ? { history: createHashHistory() } : {}),
  routeTree: rootRoute.addChildren([searchRoute, exploreRoute, aboutRoute]),
  parseSearch,
  stringifySearch: writeSearch,
  scrollRestoration: true,
  defaultErrorComponent: ({ error }) => <Trouble error={error} onRetry={() => { window.location.reload(); }} />,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
