import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'e2e',
  // BENCH=1 measures instead of testing.
  testMatch: process.env.BENCH ? '*.bench.ts' : '*.spec.ts',
  outputDir: 'test-results/runs',
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  reporter: 'list',
  use: {
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox'],
    },
    viewport: { width: 1440, height: 900 },
    trace: 'retain-on-failure',
  },
});
