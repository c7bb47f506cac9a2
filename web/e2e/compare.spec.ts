import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expectNothingSerious } from './axe';
import { bmp } from './pictures';
import { binary, expect, serve, test, type Playground } from './playground';
import { slow, type Slow } from './slow';

const classes = ['"quoted" & <b>bold<b>', '=SUM(1,2)', '🦜 parrots'];

let directory: string;
let server: Playground & { stop: () => Promise<void> };
let way: Slow;

test.beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'convnet-compare-'));
  const data = join(directory, 'data');
  classes.forEach((name, c) => {
    const folder = join(directory, 'odd', name);
    mkdirSync(folder, { recursive: true });
    for (let i = 0; i < 4; i++) writeFileSync(join(folder, `${i}.bmp`), bmp(32, 32, (0xff << (8 * c)) - i * (9 << (8 * c))));
  });
  execFileSync(binary, ['datasets', 'add', 'odd', join(directory, 'odd'), '--data', data], { stdio: 'ignore' });
  execFileSync(binary, ['index', '--dataset', 'odd', '--model', 'efficientnet-lite0', '--data', data], { stdio: 'ignore' });
  execFileSync(binary, ['datasets', 'add', 'gone', join(directory, 'odd'), '--data', data], { stdio: 'ignore' });
  server = await serve(data);
  way = await slow(server.address);
});

test.afterAll(async () => {
  await way.stop();
  await server.stop();
  rmSync(directory, { recursive: true });
});

test.beforeEach(() => { way.release(); });

const panel = (page: Page) => page.getByRole('region', { name: 'Layers compared by this picture' });
const chart = (page: Page, title: string) => panel(page).getByRole('region', { name: title });
const bars = (page: Page, title: string) => chart(page, title).getByRole('link');

for (const width of [1440, 390]) {
  test(`rows come one by one, and can be cancelled, at ${width} pixels`, async ({ page }) => {
    await page.setViewportSize({ width, height: 844 });
    way.hold(3);
    await page.goto(`${way.address}/?dataset=odd&query=0&advanced=1&open=compare`);
    await expect(panel(page).getByText('3 layers compared so far')).toBeVisible();
    await expect(bars(page, 'EfficientNet-Lite0')).toHaveCount(3);
    await expect.poll(way.open).toBe(1);

    await panel(page).getByRole('button', { name: 'Cancel' }).click();
    await expect(panel(page).getByText('3 layers compared; there may be more')).toBeVisible();
    await expect(bars(page, 'EfficientNet-Lite0')).toHaveCount(3);
    await expect.poll(way.open).toBe(0);

    await panel(page).getByRole('button', { name: 'Go on' }).click();
    await expect.poll(way.open).toBe(1);
    way.release();
    await expect(panel(page).getByText('8 layers compared', { exact: true })).toBeVisible();
    await expect(bars(page, 'EfficientNet-Lite0')).toHaveCount(8);
    await expectNothingSerious(page);
  });
}

test('closing the panel and changing the view end the comparison', async ({ page }) => {
  way.hold(2);
  await page.goto(`${way.address}/?dataset=odd&query=0&advanced=1&open=settings.compare`);
  await expect(panel(page).getByText('2 layers compared so far')).toBeVisible();
  const asked = page.waitForRequest(/compare\/events.*query=7/);
  await page.getByRole('grid').locator('[data-image="7"]').click();
  await asked;
  await expect.poll(way.open).toBe(1);
  await panel(page).getByRole('button', { expanded: true }).first().click();
  await expect.poll(way.open).toBe(0);
});

test('a server that stops half-way leaves what had come, and Retry gets the rest', async ({ page }) => {
  const second = await slow(server.address);
  second.hold(4);
  await page.goto(`${second.address}/?dataset=odd&query=0&advanced=1&open=compare`);
  await expect(panel(page).getByText('4 layers compared so far')).toBeVisible();
  await second.stop();
  await expect(panel(page).getByRole('alert')).toContainText('The server stopped answering');
  await expect(bars(page, 'EfficientNet-Lite0')).toHaveCount(4);

  await page.route(`${second.address}/**`, async (route) => {
    await route.fulfill({ response: await route.fetch({ url: route.request().url().replace(second.address, server.address) }) });
  });
  await panel(page).getByRole('button', { name: 'Retry' }).click();
  await expect(bars(page, 'EfficientNet-Lite0')).toHaveCount(8);
  await expect(panel(page).getByRole('alert')).toBeHidden();
});

test('the best layers are named, a bar becomes the view, and what is missing is indexed from there', async ({ page, request }) => {
  await page.goto(`${server.address}/?dataset=odd&query=5&advanced=1&open=compare`);
  await expect(bars(page, 'EfficientNet-Lite0')).toHaveCount(8);
  const answer = (await (await request.get(`${server.address}/api/v1/compare?dataset=odd&query=5`)).json()) as {
    rows: { layer: string; score: number }[];
    best: { layer: string }[];
  };
  await expect(chart(page, 'EfficientNet-Lite0').locator('.chart__score')).toHaveText(answer.rows.map(({ score }) => score.toFixed(1)));
  const best = chart(page, 'EfficientNet-Lite0').getByRole('link', { name: /, the best/ });
  await expect(best).toHaveCount(answer.best.length);
  await expect(best.first().locator('svg')).toBeVisible();
  await expect(panel(page).locator('.compare__best')).toContainText(answer.best.length > 1 ? `${answer.best.length} layers tie at` : 'found most');
  await expect(chart(page, 'EfficientNet-Lite0').getByRole('link', { name: /now chosen/ })).toHaveAccessibleName(/Layer 8 of 8/);

  await bars(page, 'EfficientNet-Lite0').nth(2).focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/layer=block2b_add/);
  await expect(page.getByText(/sees in its layer 3 of 8 \(block2b_add\)/)).toBeVisible();
  await expect(chart(page, 'EfficientNet-Lite0').getByRole('link', { name: /now chosen/ })).toHaveAccessibleName(/Layer 3 of 8/);

  await expect(bars(page, 'EfficientNet-Lite2')).toHaveCount(0);
  await chart(page, 'EfficientNet-Lite2').getByRole('button', { name: 'Index 12 pictures' }).click();
  await expect(bars(page, 'EfficientNet-Lite2')).toHaveCount(8, { timeout: 45_000 });
  await expect(bars(page, 'EfficientNet-Lite0')).toHaveCount(8);
  await expect(panel(page).getByText('16 layers compared', { exact: true })).toBeVisible();

  await panel(page).getByRole('button', { name: 'Show what each layer finds' }).click();
  const found = panel(page).getByRole('list', { name: 'Found by EfficientNet-Lite2, layer 8 (top_activation)' });
  await expect(found.getByRole('link')).toHaveCount(11);
  await expect(found.getByRole('link', { name: classes[1] ?? '' }).first()).toHaveAccessibleName(/same category/);
  await found.getByRole('link', { name: '🦜 parrots' }).first().click();
  await expect(page).toHaveURL(/query=(8|9|10|11)/);

  await panel(page).getByText('models are not installed').click();
  await panel(page).getByRole('link', { name: 'VGG16' }).click();
  await expect(page.getByRole('heading', { name: 'VGG16 is not installed' })).toBeVisible();
});

test('a set that is removed while it is shown is said to be gone', async ({ page }) => {
  await page.goto(`${server.address}/?dataset=gone&query=0&advanced=1&open=compare.scores`);
  await expect(panel(page).getByText('0 layers compared', { exact: true })).toBeVisible();
  execFileSync(binary, ['datasets', 'remove', 'gone', '--data', join(directory, 'data')], { stdio: 'ignore' });
  await panel(page).getByRole('button', { name: 'Compare again' }).click();
  await expect(panel(page).getByRole('alert')).toContainText('gone');
  const scores = page.getByRole('region', { name: 'Layers compared by all pictures' });
  await scores.getByRole('button', { name: 'Compare again' }).click();
  await expect(scores.getByRole('alert')).toContainText('gone');
});

test('odd labels are saved as texts', async ({ page }) => {
  await page.goto(`${server.address}/?dataset=odd&query=5&advanced=1&open=compare`);
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Results as CSV' }).click()]);
  const text = readFileSync(await file.path(), 'utf8');
  expect(text).toContain(`,"'=SUM(1,2)",`);
  expect(text).toContain(',"""quoted"" & <b>bold<b>",');
  expect(text).toContain(',🦜 parrots,');
});

test('a picture of one’s own has no score, but what each layer finds is shown', async ({ page }) => {
  await page.goto(`${server.address}/?dataset=odd&query=0&advanced=1&open=compare`);
  await page.getByTestId('own-picture').setInputFiles({ name: 'mine.bmp', mimeType: 'image/bmp', buffer: bmp(40, 40, 0x00ff00) });
  await expect(panel(page).getByText('Your picture has no category')).toBeVisible();
  const found = panel(page).getByRole('list', { name: 'Found by EfficientNet-Lite0, layer 8 (top_activation)' });
  await expect(found.getByRole('link')).toHaveCount(12);
});

test('pictures without a category and names that are none are said to be so', async ({ page, baseURL }) => {
  await page.goto(`${baseURL ?? ''}/?dataset=plain&advanced=1&open=compare`);
  await expect(panel(page).getByText('This picture has no category')).toBeVisible();
  await page.goto(`${server.address}/?dataset=odd&query=0&metric=cosin&advanced=1&open=compare`);
  await expect(panel(page).getByRole('alert')).toContainText('cosin');
  await panel(page).getByRole('link', { name: 'Use cosine' }).click();
  await expect(bars(page, 'EfficientNet-Lite0')).toHaveCount(8);
});
