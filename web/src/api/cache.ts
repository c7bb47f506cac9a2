import { QueryClient } from '@tanstack/react-query';
import { ApiError } from './problem';

/** The page's copy of what the server said. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 60_000,
      refetchOnWindowFocus: false,
      // The server is on this machine: only a server that is just starting is worth a second try.
      retry: (failures, error) => error instanceof ApiError && error.code === 'unreachable' && failures < 2,
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});
