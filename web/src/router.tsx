import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { Missing } from './components/missing';
import { Shell } from './components/shell';
import { Trouble } from './components/trouble';
import { SearchPage } from './pages/search/search-page';
import { parseSearch, parseView, writeSearch, writeView } from './state/view';

const rootRoute = createRootRoute({ component: Shell, notFoundComponent: Missing });

const searchRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  validateSearch: (search: Record<string, unknown>) => writeView(parseView(search)),
  component: SearchPage,
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([searchRoute]),
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
