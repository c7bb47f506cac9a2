import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bmp } from './pictures';
import { binary, expect, indexed, serve, test } from './playground';

test('a public set says what it is, and what to do where it cannot be downloaded', async ({ page }) => {
  test.setTimeout(90_000);
  const data = mkdtempSync(join(tmpdir(), 'convnet-pull-'));
  // Nothing listens there: no download gets far.
  const server = await serve(data, { HTTPS_PROXY: 'http://127.0.0.1:9', HTTP_PROXY: 'http://127.0.0.1:9', NO_PROXY: '' });
  await page.goto(server.address);
  await page.getByLabel('Pictures', { exact: true }).selectOption('CIFAR-10 (200)');
  await expect(page).toHaveURL(/dataset=cifar10/);
  await expect(page.getByRole('heading', { name: 'CIFAR-10 is not here yet' })).toBeVisible();
  await expect(page.getByText(/Licence: none stated/)).toBeVisible();
  await page.getByText('Without a connection').click();
  await expect(page.getByText('convnet datasets pull cifar10 --from FILE')).toBeVisible();

  await page.getByRole('button', { name: 'Download 200 pictures (170 MB)' }).click();
  await expect(page.getByRole('progressbar')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'CIFAR-10 could not be downloaded' })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/Download cifar-10-binary\.tar\.gz from/)).toBeVisible();
  await page.getByRole('button', { name: 'Retry' }).click();
  await expect(page.getByRole('button', { name: 'Download 200 pictures (170 MB)' })).toBeVisible();
  await page.goto('about:blank');
  await server.stop();
  rmSync(data, { recursive: true });
});

test('a set that was pulled is searched like any other', async ({ page }) => {
  const directory = mkdtempSync(join(tmpdir(), 'convnet-pulled-'));
  const [pictures, data] = [join(directory, 'iconic200'), join(directory, 'data')];
  mkdirSync(pictures);
  for (let i = 0; i < 200; i++) writeFileSync(join(pictures, `${i}.jpg`), bmp(48, 48, i * 0x010305));
  execFileSync(binary, ['datasets', 'pull', 'iconic200', '--from', pictures, '--data', data], { stdio: 'ignore' });
  const server = await serve(data);
  await indexed(server.address);
  await page.goto(`${server.address}/?view=category`);
  await page.getByLabel('Pictures', { exact: true }).selectOption('Iconic 200 (200)');
  await expect(page.getByRole('rowheader', { name: 'arch 20' })).toBeVisible();
  await page.getByRole('button', { name: 'Index 200 pictures' }).click();
  await expect(page.getByRole('list', { name: /^Results/ })).toBeVisible({ timeout: 60_000 });
  await page.goto('about:blank');
  await server.stop();
  rmSync(directory, { recursive: true });
});
