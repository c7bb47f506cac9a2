import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expectNothingSerious } from './axe';
import { bmp } from './pictures';
import { binary, expect, indexed, serve, test, type Playground } from './playground';
import { slow, type Slow } from './slow';

let directory: string;
let data: string;
let server: Playground & { stop: () => Promise<void> };
let way: Slow;

// "few" holds two pictures that are the same, each alone in its category.
test.beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'convnet-scores-'));
  data = join(directory, 'data');
  for (const name of ['=SUM(1,2)', '"quoted" & <b>bold<b>']) {
    const folder = join(directory, 'few', name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'same.bmp'), bmp(32, 32, 0x336699));
  }
  execFileSync(binary, ['datasets', 'add', 'few', join(directory, 'few'), '--data', data], { stdio: 'ignore' });
  execFileSync(binary, ['index', '--dataset', 'few', '--model', 'efficientnet-lite0', '--data', data], { stdio: 'ignore' });
  server = await serve(data);
  await indexed(server.address);
  way = await slow(server.address);
});

test.afterAll(async () => {
  await way.stop();
  await server.stop();
  rmSync(directory, { recursive: true });
});

test.beforeEach(() => { way.release(); });

const panel = (page: Page) => page.getByRole('region', { name: 'Layers compared by all pictures' });
const charts = (page: Page) => panel(page).getByRole('slider');
const cells = (page: Page, column: number) => panel(page).locator(`tbody tr > :nth-child(${column})`).allTextContents();

for (const [width, colorScheme] of [[1440, 'light'], [390, 'dark']] as const) {
  test.describe(() => {
    test.use({ colorScheme, viewport: { width, height: 844 } });

    test(`scores come layer by layer, can be cancelled, and gone on with (${width} pixels)`, async ({ page }) => {
      way.hold(3);
      await page.goto(`${way.address}/?query=3&advanced=1&open=scores`);
      await expect(panel(page).getByText('3 layers scored so far')).toBeVisible();
      await expect(charts(page)).toHaveCount(3);
      await panel(page).getByRole('button', { name: 'Cancel' }).click();
      await expect(panel(page).getByText('3 layers scored; there may be more')).toBeVisible();
      await expect.poll(way.open).toBe(0);
      await panel(page).getByRole('button', { name: 'Go on' }).click();
      await expect.poll(way.open).toBe(1);
      way.release();
      await expect(panel(page).getByText('8 layers scored', { exact: true })).toBeVisible();
      await expect(charts(page)).toHaveCount(8);
      await expectNothingSerious(page);
    });
  });
}

test('a server that stops half-way leaves what had come', async ({ page }) => {
  const second = await slow(server.address);
  second.hold(2);
  await page.goto(`${second.address}/?query=3&advanced=1&open=scores`);
  await expect(charts(page)).toHaveCount(2);
  await second.stop();
  await expect(panel(page).getByRole('alert')).toContainText('The server stopped answering');
  await expect(panel(page).getByRole('button', { name: 'Retry' })).toBeVisible();
  await expect(charts(page)).toHaveCount(2);
});

test('a mark shows its picture, and becomes the query, by pointer and by keyboard', async ({ page }) => {
  await page.goto(`${server.address}/?query=3&advanced=1&open=scores`);
  const chart = charts(page).first();
  await chart.scrollIntoViewIfNeeded();
  const box = await chart.boundingBox();
  if (!box) throw new Error('the chart has no box');
  await page.mouse.move(box.x + 4, box.y + box.height - 4);
  const card = panel(page).locator('.distribution__card');
  await expect(card).toContainText('0.0 %');
  await expect(card.getByRole('img', { includeHidden: true })).toBeVisible();
  await expect(panel(page).locator('.distribution__ring')).toHaveCount(8);
  await page.mouse.click(box.x + 4, box.y + box.height - 4);
  await expect(page).not.toHaveURL(/query=3&/);

  await page.mouse.move(0, 0);
  const last = charts(page).last();
  await last.focus();
  await page.keyboard.press('End');
  await expect(last).toHaveAttribute('aria-valuetext', /, 100\.0 percent$/);
  await page.keyboard.press('ArrowLeft');
  const file = /(\S+\.jpg), /.exec((await last.getAttribute('aria-valuetext')) ?? '')?.[1] ?? 'none';
  await page.keyboard.press('Enter');
  await expect(page.locator('.query__picture img')).toHaveAttribute('alt', new RegExp(file));
});

test('the table sorts, marks the best, and is the one of the command line', async ({ page }) => {
  await page.goto(`${server.address}/?query=3&advanced=1&open=scores`);
  await expect(panel(page).getByText('8 layers scored', { exact: true })).toBeVisible();
  const header = panel(page).getByRole('columnheader', { name: 'nDCG' });
  await expect(panel(page).getByRole('columnheader', { name: 'Score', exact: true })).toHaveAttribute('aria-sort', 'descending');
  await header.getByRole('button').focus();
  await page.keyboard.press('Enter');
  await expect(header).toHaveAttribute('aria-sort', 'descending');
  await page.keyboard.press('Enter');
  await expect(header).toHaveAttribute('aria-sort', 'ascending');
  const values = (await cells(page, 8)).map(Number);
  expect(values).toEqual([...values].sort((a, b) => a - b));
  await expect(panel(page).getByRole('img', { name: 'best:' }).first()).toBeVisible();

  const saved = page.waitForEvent('download');
  await panel(page).getByRole('button', { name: 'Table as CSV' }).click();
  const file = await saved;
  expect(file.suggestedFilename()).toBe('stamps-scores-cosine.csv');
  const printed = join(directory, 'scores.csv');
  execFileSync(binary, ['compare', '--csv', printed, '--data', data], { stdio: 'ignore' });
  const table = (path: string) => readFileSync(path, 'utf8').trim().split(/\r?\n/).map((line) =>
    line.split(',').map((field) => (field !== '' && Number.isFinite(Number(field)) ? Number(field) : field)));
  expect(table(await file.path())).toEqual(table(printed));

  await panel(page).getByRole('link', { name: '5: block4c_add' }).click();
  await expect(page).toHaveURL(/layer=block4c_add/);
  await expect(panel(page).getByRole('row', { name: /\(now\)/ })).toContainText('5: block4c_add');
});

test('several distances stand in one table, and categories are filtered', async ({ page }) => {
  await page.goto(`${server.address}/?query=3&advanced=1&open=scores`);
  for (const distance of ['Euclidean', 'Manhattan']) {
    await panel(page).getByLabel(distance, { exact: true }).click();
    await expect(panel(page).getByLabel(distance, { exact: true })).toBeChecked();
  }
  await expect(panel(page).getByText('24 layers scored', { exact: true })).toBeVisible();
  expect(new Set(await cells(page, 3))).toEqual(new Set(['cosine', 'euclidean', 'manhattan']));
  await panel(page).getByRole('button', { name: 'Only coin' }).click();
  await expect(panel(page).getByText(/of those shown \d+\.\d %/)).toHaveCount(8);

  // The address holds it, and a step back is one choice less.
  await expect(page).toHaveURL(/scores=euclidean\.manhattan\*\*c\.\d+/);
  await page.reload();
  await expect(panel(page).getByText('24 layers scored', { exact: true })).toBeVisible();
  await expect(panel(page).getByText(/of those shown \d+\.\d %/)).toHaveCount(8);
  await page.goBack();
  await expect(panel(page).getByLabel('Manhattan')).not.toBeChecked();
  await expect(panel(page).getByLabel('Euclidean', { exact: true })).toBeChecked();
});

test('sets that tell little are said to do so', async ({ page, baseURL }) => {
  await page.goto(`${server.address}/?dataset=few&query=0&advanced=1&open=scores`);
  await expect(panel(page).getByText('No layer ever found a picture of the query’s category.')).toBeVisible();
  expect((await cells(page, 7)).concat(await cells(page, 8))).toEqual(Array.from({ length: 16 }, () => '–'));
  await expect(panel(page).getByRole('region', { name: 'Categories of the scores' })).toContainText('=SUM(1,2)');
  await page.goto(`${baseURL ?? ''}/?dataset=plain&advanced=1&open=scores`);
  await expect(panel(page).getByText('No picture of this set has a category')).toBeVisible();
});
