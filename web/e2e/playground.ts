import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test as base, expect, type Page } from '@playwright/test';
import { bmp } from './pictures';

export const binary = resolve(process.env.CONVNET ?? '../bin/convnet');

/** A running server with a data directory of its own. */
export interface Playground {
  address: string;
}

interface Options {
  /** Whether the browser has never seen the page, which then introduces itself. */
  firstVisit: boolean;
}

interface WorkerFixtures {
  playground: Playground;
}

/**
 * Tests against the real binary. It holds the built-in set; "plain", three
 * pictures without categories beside a file that is none; and "single", one picture. These
 * two wait for the tests of what is not indexed yet; others may index their likes, "squares" and "lone".
 * Every test fails if the page throws or breaks its content security policy, or
 * if the server fails.
 */
export const test = base.extend<Options, WorkerFixtures>({
  firstVisit: [false, { option: true }],

  playground: [
    async ({}, use) => {
      const directory = mkdtempSync(join(tmpdir(), 'convnet-e2e-'));
      const data = join(directory, 'data');
      addOwnSets(directory, data);
      const server = await serve(data);
      await use({ address: server.address });
      await server.stop();
      rmSync(directory, { recursive: true });
    },
    { scope: 'worker', timeout: 120_000 },
  ],

  baseURL: async ({ playground }, use) => { await use(playground.address); },

  context: async ({ context, firstVisit }, use) => {
    if (!firstVisit) {
      await context.addInitScript(() => {
        // Pages without an address of their own have no storage.
        if (location.protocol === 'http:') localStorage.setItem('convnet.welcomed', '1');
      });
    }
    await use(context);
  },

  page: async ({ page }, use) => {
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(message.text());
    });
    page.on('response', (response) => {
      if (response.status() >= 500) complaints.push(`${response.status()} ${response.url()}`);
    });
    await use(page);
    expect(complaints).toEqual([]);
  },
});

/** Starts a server on a free port, with further variables of its environment, and waits until it answers. */
export async function serve(data: string, variables: Record<string, string> = {}): Promise<Playground & { stop: () => Promise<void> }> {
  const host = `127.0.0.1:${await freePort()}`;
  const server = spawn(binary, ['serve', '--addr', host, '--data', data], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...variables },
  });
  const address = `http://${host}`;
  const stop = () => stopped(server);
  try {
    await expect(async () => {
      expect((await fetch(`${address}/api/v1/about`)).ok).toBe(true);
    }).toPass({ timeout: 20_000 });
  } catch (error) {
    await stop();
    throw error;
  }
  return { address, stop };
}

/** Waits until the set that the server indexes by itself is ready. */
export async function indexed(address: string): Promise<void> {
  await expect(async () => {
    expect((await fetch(`${address}/api/v1/search?query=0`)).status).toBe(200);
  }).toPass({ timeout: 60_000 });
}

/** The page's results, as file names in their order. */
export async function results(page: Page): Promise<string[]> {
  const list = page.getByRole('list', { name: /^Results/ });
  await expect(list).toBeVisible();
  await expect(page.locator('.results__body[aria-busy="false"]')).toBeVisible();
  return list.getByRole('img').evaluateAll((pictures) => pictures.map((picture) => picture.getAttribute('alt') ?? ''));
}

function addOwnSets(directory: string, data: string): void {
  const plain = join(directory, 'plain');
  mkdirSync(plain);
  [0xff0000, 0x00ff00, 0x0000ff].forEach((colour, i) => {
    writeFileSync(join(plain, `square-${i}.bmp`), bmp(64, 48, colour));
  });
  const squares = join(directory, 'squares');
  cpSync(plain, squares, { recursive: true });
  writeFileSync(join(plain, 'notes.jpg'), 'not a picture');
  const single = join(directory, 'single');
  mkdirSync(single);
  writeFileSync(join(single, 'lonely.bmp'), bmp(64, 64, 0x808080));
  for (const [name, path] of [['plain', plain], ['single', single], ['squares', squares], ['lone', single]] as const) {
    execFileSync(binary, ['datasets', 'add', name, path, '--data', data], { stdio: 'ignore' });
  }
}

function freePort(): Promise<number> {
  return new Promise((take, fail) => {
    const probe = createServer();
    probe.once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (address && typeof address === 'object') take(address.port);
        else fail(new Error('no free port'));
      });
    });
  });
}

function stopped(server: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (server.exitCode !== null) {
      done();
      return;
    }
    server.once('exit', () => { done(); });
    server.kill('SIGTERM');
  });
}

export { expect };
