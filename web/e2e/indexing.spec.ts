import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, indexed, results, serve, test } from './playground';

test('the very first visit shows the progress of the first index, then results', async ({ page }) => {
  const data = mkdtempSync(join(tmpdir(), 'convnet-first-'));
  const server = await serve(data);
  await page.goto(server.address);
  await expect(page.getByRole('progressbar').or(page.getByRole('list', { name: /^Results/ }))).toBeVisible();
  await expect(page.getByRole('grid').getByRole('link').first()).toBeVisible();
  await expect(page.getByRole('list', { name: /^Results/ })).toBeVisible({ timeout: 45_000 });
  expect(await results(page)).toHaveLength(15);
  await page.goto('about:blank');
  await server.stop();
  rmSync(data, { recursive: true });
});

test('what is not indexed can be indexed, cancelled, and gone on with', async ({ page, playground }) => {
  await indexed(playground.address);
  await page.goto('/?query=3&advanced=1');
  await results(page);
  await page.getByRole('radio', { name: /^EfficientNet-Lite2,/ }).check();
  await expect(page.getByRole('heading', { name: /has not seen these pictures yet/ })).toBeVisible();

  await page.getByRole('button', { name: 'Index 204 pictures' }).click();
  await expect(page.getByRole('progressbar')).toBeVisible();
  await expect(page.getByText(/\d+ of 204 pictures/)).toBeVisible();

  await page.reload();
  await expect(page.getByRole('progressbar')).toBeVisible();

  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Index 204 pictures' }).click();
  await expect(page.getByRole('list', { name: /^Results/ })).toBeVisible({ timeout: 45_000 });
  expect(await results(page)).toHaveLength(15);
  await page.getByRole('radio', { name: /Layer 2 of 8/ }).check();
  await expect(page).toHaveURL(/layer=block2a_expand_conv/);
  expect(await results(page)).toHaveLength(15);
});

test('a layer that is not offered can be indexed by its address', async ({ page, playground }) => {
  await indexed(playground.address);
  await page.goto('/?layer=block4b_add&query=3');
  await expect(page.getByText('The layer block4b_add is then ready.')).toBeVisible();
  await page.getByRole('button', { name: 'Index 204 pictures' }).click();
  await expect(page.getByRole('list', { name: /^Results/ })).toBeVisible({ timeout: 45_000 });
  expect(await results(page)).toHaveLength(15);
});
