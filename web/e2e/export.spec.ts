import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { test as base } from '@playwright/test';
import { expectNothingSerious } from './axe';
import { binary, expect, results } from './playground';

const odd = '"quoted" & <b>bold<b> 🦜';
const stamps = resolve('../dataset/stamps');
const folder = '/some/where/';
const types: Record<string, string> = {
  '.css': 'text/css', '.html': 'text/html', '.jpg': 'image/jpeg', '.js': 'text/javascript', '.json': 'application/json',
  '.png': 'image/png', '.svg': 'image/svg+xml', '.woff2': 'font/woff2',
};

/** A page that fails its test if anything goes wrong, or if it asks for what is not in the folder. */
const test = base.extend({
  page: async ({ page }, use) => {
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
    page.on('response', (response) => {
      if (!response.ok() && response.url().startsWith('http')) complaints.push(`${response.status()} ${response.url()}`);
    });
    page.on('request', (request) => {
      const url = request.url();
      if (url.startsWith('http') && !url.startsWith(address)) complaints.push(`outside of the folder: ${url}`);
    });
    // Who comes for the first time is told how the page works.
    await page.addInitScript(() => { if (location.protocol === 'http:') localStorage.setItem('convnet.welcomed', '1'); });
    await use(page);
    expect(complaints).toEqual([]);
  },
});

let directory: string;
let site: string;
let server: Server;
let address: string;

const convnet = (...args: string[]) => execFileSync(binary, [...args, '--data', join(directory, 'data')], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

test.beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'convnet-export-'));
  site = join(directory, 'site');
  for (const [name, from] of [[odd, 'bird'], ['coin', 'coin'], ['flower', 'flower']] as const) {
    const pictures = readdirSync(join(stamps, from)).filter((file) => file.endsWith('.jpg')).slice(0, 7);
    mkdirSync(join(directory, 'odd', name), { recursive: true });
    pictures.forEach((picture, i) => { cpSync(join(stamps, from, picture), join(directory, 'odd', name, `${i} "<&>.jpg`)); });
  }
  convnet('datasets', 'add', 'odd', join(directory, 'odd'));
  convnet('precompute', '--dataset', 'odd', '--models', 'efficientnet-lite0', '--metric', 'cosine', '--channels', '3');
  convnet('export', '--dataset', 'odd', '--out', site);
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://localhost');
    const name = pathname.slice(folder.length) || 'index.html';
    const file = pathname.startsWith(folder) && request.method === 'GET' ? readFile(join(site, name)) : Promise.reject(new Error());
    file.then(
      (content) => response.writeHead(200, { 'Content-Type': types[extname(name)] ?? '' }).end(content),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const at = server.address();
  if (at === null || typeof at === 'string') throw new Error('no address');
  address = `http://127.0.0.1:${at.port}${folder}`;
});

test.afterAll(() => {
  server.close();
  rmSync(directory, { recursive: true });
});

/** What the program finds for a picture, as the names of the page's results. */
function found(query: string, ...settings: string[]): string[] {
  const answer = JSON.parse(convnet('search', '--dataset', 'odd', '--query', query, '--json', ...settings)) as { results: { class: string; file: string }[] };
  return answer.results.map((r) => `${r.class.replaceAll('_', ' ')}, ${r.file.split('/').at(-1) ?? ''}`);
}

for (const width of [1440, 390]) {
  test(`a copy of the page works from a plain file server, at ${width} pixels`, async ({ page }) => {
    await page.setViewportSize({ width, height: 844 });
    await page.goto(address);
    await expect(page.getByText('This is an exported copy: all that was indexed and rendered is here.')).toBeVisible();
    await expect(page.getByRole('grid')).toHaveAccessibleName(/21 pictures/);
    await expect(page.getByTestId('own-picture')).toHaveCount(0);
    await results(page);

    const picture = page.getByRole('grid').getByRole('link').nth(4);
    const query = await picture.getAttribute('data-image') ?? '';
    await picture.click();
    await expect(page).toHaveURL(`${address}#/?query=${query}`);
    await expect(picture).toHaveAttribute('aria-current', 'true');
    await expect.poll(() => results(page)).toEqual(found(query));

    await page.getByRole('switch', { name: /Advanced/ }).click();
    await page.getByRole('radio', { name: /block2b_add/ }).check();
    await expect(page).toHaveURL(/layer=block2b_add/);
    await expect.poll(() => results(page)).toEqual(found(query, '--layer', 'block2b_add'));
    await page.getByRole('radio', { name: /^Chebyshev/ }).check();
    await expect.poll(() => results(page)).toEqual(found(query, '--layer', 'block2b_add', '--metric', 'chebyshev'));
    await page.getByLabel('Transform').selectOption('none');
    await expect.poll(() => results(page)).toEqual(found(query, '--layer', 'block2b_add', '--metric', 'chebyshev', '--transform', 'none'));

    const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Results as CSV' }).click()]);
    expect(saved.suggestedFilename()).toBe(`odd-${query}-efficientnet-lite0-block2b_add-chebyshev.csv`);
    expect((await readFile(await saved.path(), 'utf8')).split('\r\n')).toHaveLength(17);

    const link = page.url();
    await page.goBack();
    await expect.poll(() => results(page)).toEqual(found(query, '--layer', 'block2b_add', '--metric', 'chebyshev'));
    await page.goto('about:blank');
    await page.goto(link);
    await expect.poll(() => results(page)).toEqual(found(query, '--layer', 'block2b_add', '--metric', 'chebyshev', '--transform', 'none'));

    await page.goto('about:blank');
    await page.goto(`${address}#/?query=${query}&advanced=1&open=map.compare.contrast.scores`);
    await expect(page.getByText('8 layers compared', { exact: true })).toBeVisible();
    await expect(page.getByRole('application', { name: 'Map of odd' })).toBeVisible();
    await expect(page.getByText('8 layers scored', { exact: true })).toBeVisible();
    await expect(page.locator('.fold .skeleton')).toHaveCount(0);
    await expect(page.getByText('made without')).toHaveCount(0);
    await expect(page.getByRole('alert')).toHaveCount(0);
    await expectNothingSerious(page);
  });

  test(`channels that were rendered are in the copy, at ${width} pixels`, async ({ page }) => {
    await page.setViewportSize({ width, height: 844 });
    await page.goto(`${address}#/explore?layer=block4c_add&channel=3`);
    const rendered = page.getByRole('img', { name: 'What excites channel 3' });
    await expect.poll(() => rendered.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(96);
    await expect(page.getByText('128 of 128')).toBeVisible();
    const tops = page.getByRole('list', { name: 'Top pictures' });
    await expect(tops.getByRole('link')).toHaveCount(9);
    const top = JSON.parse(convnet('top', '--dataset', 'odd', '--layer', 'block4c_add', '--channel', '3', '--json')) as { results: { file: string }[] };
    await expect(tops.getByRole('link').first()).toHaveAttribute('title', top.results[0]?.file ?? '');
    await expect(page.getByText('This exported copy cannot look at a picture to see where in it the channel answers')).toBeVisible();
    await expectNothingSerious(page);

    await page.getByRole('button', { name: 'Next channel' }).click();
    await expect(page.getByText('This exported copy was made without this picture: of this layer it has channel 3')).toBeVisible();
    await page.getByRole('link', { name: 'Search with this layer' }).click();
    await expect(page).toHaveURL(/#\/\?layer=block4c_add/);
    expect(await results(page)).toHaveLength(15);
  });
}

test('what a copy is without is said, with a way out', async ({ page }) => {
  for (const [view, message] of [
    ['metric=minkowski&p=4', 'made without p = 4: it has minkowski with p = 3'],
    ['pool=max', 'made without the pooling max'],
    ['model=vgg16', 'There is no model “vgg16” in this exported copy'],
    ['layer=stem', 'There is no layer “stem” in this exported copy'],
    ['dataset=stamps', 'There is no dataset “stamps” in this exported copy'],
    ['query=21', 'has no picture 21'],
    ['picture=0123456789abcdef', 'cannot search with pictures of your own'],
  ] as const) {
    await page.goto('about:blank');
    await page.goto(`${address}#/?${view}`);
    await expect(page.getByText(message)).toBeVisible();
    await page.getByRole('link', { name: 'Start over with the defaults' }).first().click();
    expect(await results(page)).toHaveLength(15);
  }
});

test('the other page of a copy tells that it is one', async ({ page }) => {
  await page.goto(address);
  await page.getByRole('link', { name: 'About' }).click();
  await expect(page).toHaveURL(`${address}#/about`);
  await expect(page.getByText('this is an exported copy, whose answers were computed beforehand')).toBeVisible();
  await expect(page.getByText('convnet serve').first()).toBeVisible();
});

base('opened as a file it says what it needs', async ({ page }) => {
  await page.goto(`file://${site}/index.html`);
  await expect(page.getByText('python3 -m http.server')).toBeVisible();
});
