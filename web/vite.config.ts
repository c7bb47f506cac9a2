import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [react()],
  build: {
    // Inlined assets would need data: in the font and script sources of the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  experimental: {
    // The server answers any view with index.html, which therefore names its files from the root; they name each
    // other as neighbours, so that an exported copy works below any folder.
    renderBuiltUrl: (name, { hostType }) => (hostType === 'html' ? `/${name}` : { relative: true }),
  },
  css: {
    preprocessorOptions: {
      // Carbon's own sources use Sass features that are on their way out.
      scss: { quietDeps: true, loadPaths: ['node_modules'] },
    },
  },
  server: {
    proxy: Object.fromEntries(
      // The server takes calls under its own name only.
      ['/api', '/docs', '/openapi'].map((path) => [path, { target: 'http://127.0.0.1:8080', changeOrigin: true }]),
    ),
  },
  test: {
    include: ['src/**/*.test.ts'],
  },
});
