import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { bmp } from './pictures';
import { binary, expect, results, serve, test } from './playground';

const weights = resolve('../weights/embedded/efficientnet-lite0.safetensors');

/** Nothing listens there: no download gets far. */
const offline = { HTTPS_PROXY: 'http://127.0.0.1:9', HTTP_PROXY: 'http://127.0.0.1:9', NO_PROXY: '' };

test('a network that is not installed says how to get it, and why it could not be had', async ({ page }) => {
  test.setTimeout(90_000);
  const data = mkdtempSync(join(tmpdir(), 'convnet-install-'));
  const server = await serve(data, offline);
  await page.goto(`${server.address}/?query=3&advanced=1`);
  const picker = page.getByRole('group', { name: 'Model' });
  await expect(picker.getByRole('radio').first()).toHaveAccessibleName(/^EfficientNet-Lite0, .* layers$/);
  await expect(picker.getByRole('radio', { name: /layers$/ })).toHaveCount(2);

  await picker.getByRole('radio', { name: /^ResNet50, .* not installed$/ }).check();
  await expect(page).toHaveURL(/model=resnet50/);
  await expect(page.getByRole('heading', { name: 'ResNet50 is not installed' })).toBeVisible();
  await expect(page.getByText(/Its official weights, about 10\d MB/)).toBeVisible();
  await page.getByRole('button', { name: 'Install ResNet50' }).click();
  await expect(page.getByRole('heading', { name: 'ResNet50 could not be installed' })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/Cannot pull resnet50: fetch https:\/\/.*not available/)).toBeVisible();
  await expect(page.getByText('convnet models pull resnet50 --from FILE')).toBeVisible();
  await page.getByRole('button', { name: 'Retry' }).click();
  await expect(page.getByRole('button', { name: 'Install ResNet50' })).toBeVisible();

  await picker.getByRole('radio', { name: /^EfficientNet-Lite1,/ }).check();
  await expect(page.getByText('convnet models import FILE --as efficientnet-lite1')).toBeVisible();
  await expect(page.getByRole('button', { name: /^Install/ })).toHaveCount(0);
  await page.goto('about:blank');
  await server.stop();
  rmSync(data, { recursive: true });
});

test('a network that was imported in the shell is there after a reload, to index and to search', async ({ page }) => {
  test.setTimeout(90_000);
  const directory = mkdtempSync(join(tmpdir(), 'convnet-imported-'));
  const [pictures, data] = [join(directory, 'squares'), join(directory, 'data')];
  mkdirSync(pictures);
  [0xff0000, 0xee0000, 0x0000ff].forEach((colour, i) => { writeFileSync(join(pictures, `${i}.bmp`), bmp(48, 48, colour)); });
  const convnet = (...args: string[]) => execFileSync(binary, [...args, '--data', data], { stdio: 'ignore' });
  convnet('datasets', 'add', 'squares', pictures);
  const server = await serve(data);
  await page.goto(`${server.address}/?dataset=squares&query=0&advanced=1`);
  const installed = page.getByRole('group', { name: 'Model' }).getByRole('radio', { name: /layers$/ });
  await expect(installed).toHaveCount(2);

  convnet('models', 'import', weights, '--as', 'efficientnet-lite0', '--name', 'mine');
  await page.reload();
  await expect(installed).toHaveCount(3);
  await installed.and(page.getByRole('radio', { name: /^mine/ })).check();
  await page.getByRole('button', { name: 'Index 3 pictures' }).click();
  await expect(page.getByRole('list', { name: /^Results/ })).toBeVisible({ timeout: 60_000 });
  expect((await results(page))[0]).toContain('1.bmp');
  await page.goto('about:blank');
  await server.stop();
  rmSync(directory, { recursive: true });
});
