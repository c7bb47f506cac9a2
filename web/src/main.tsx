import { FeatureFlags } from '@carbon/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './api/cache';
import { AnnouncerProvider } from './components/announcer';
import { fontsLoaded } from './lib/fonts';
import { router } from './router';
import './styles/index.scss';

const root = document.getElementById('root');
if (!root) throw new Error('index.html holds no element with the id root');

await fontsLoaded();

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <FeatureFlags enableV12DynamicFloatingStyles>
        <AnnouncerProvider>
          <RouterProvider router={router} />
        </AnnouncerProvider>
      </FeatureFlags>
    </QueryClientProvider>
  </StrictMode>,
);
