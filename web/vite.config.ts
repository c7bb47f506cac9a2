import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [react()],
  build: {
    // Inlined assets would need data: in the font and script sources of the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
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
