import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Download, Locator, Page } from '@playwright/test';
import { bmp } from './pictures';
import { binary, expect, indexed, serve, test } from './playground';

test.beforeAll(({ playground }) => indexed(playground.address));

interface Kept {
  images: number[];
  x: number[];
  y: number[];
}

/** The map on the page, when it has settled. */
async function settled(page: Page): Promise<Locator> {
  const map = page.getByRole('application', { name: /^Map of / });
  await expect(map).toBeVisible();
  await expect(page.locator('.settling')).toHaveCount(0, { timeout: 45_000 });
  await expect(page.getByRole('button', { name: 'CSV' }).first()).toBeEnabled();
  await map.scrollIntoViewIfNeeded();
  return map;
}

/** Where the middle of the map is on the screen, as the page lays it out: the longer side fills the box. */
async function placeOf(page: Page, map: Locator, image: number, parameters = ''): Promise<{ x: number; y: number }> {
  const kept = (await (await page.request.get(`/api/v1/map?aligned=true${parameters}`)).json()) as Kept;
  const box = await map.boundingBox();
  if (!box) throw new Error('the map is not on the screen');
  const span = (values: number[]) => ({ low: Math.min(...values), high: Math.max(...values) });
  const [x, y] = [span(kept.x), span(kept.y)];
  const scale = Math.min((box.width - 56) / (x.high - x.low), (box.height - 56) / (y.high - y.low));
  const slot = kept.images.indexOf(image);
  return {
    x: box.x + box.width / 2 + ((kept.x[slot] ?? 0) - (x.low + x.high) / 2) * scale,
    y: box.y + box.height / 2 - ((kept.y[slot] ?? 0) - (y.low + y.high) / 2) * scale,
  };
}

async function saved(download: Download): Promise<Buffer> {
  return readFileSync(await download.path());
}

/** Whether anything but the paper is on the map's canvas. */
function isDrawn(map: Locator): Promise<boolean> {
  return map.evaluate((host) => {
    const copy = document.createElement('canvas');
    const cover = host.querySelectorAll('canvas')[1];
    const context = copy.getContext('2d');
    if (!cover || !context) return false;
    [copy.width, copy.height] = [cover.width, cover.height];
    context.drawImage(cover, 0, 0);
    return context.getImageData(0, 0, copy.width, copy.height).data.some((byte) => byte !== 0);
  });
}

for (const [width, height] of [[1440, 900], [390, 844]] as const) {
  test.describe(`${width} pixels wide`, () => {
    test.use({ viewport: { width, height } });

    test('the map settles, and is linked with everything that shows a picture', async ({ page }) => {
      await page.goto('/?advanced=1&open=map&query=3&map=marks');
      const map = await settled(page);
      expect(await isDrawn(map)).toBe(true);

      // From the map to the results, and what is under the pointer is told.
      const [result] = ((await (await page.request.get('/api/v1/search?query=3')).json()) as { results: { index: number }[] }).results;
      const nearest = result?.index ?? -1;
      const at = await placeOf(page, map, nearest);
      await page.mouse.move(at.x, at.y, { steps: 3 });
      await expect(page.locator('.hover-card')).toContainText('bird');
      await expect(page.locator('.tile--lit, .picture--lit').first()).toBeAttached();

      // From the results to the map: it is drawn anew with a ring.
      await page.mouse.move(2, 400);
      await expect(page.locator('.hover-card')).toHaveCount(0);
      await expect(page.locator('.tile--lit')).toHaveCount(0);
      const before = await map.screenshot();
      await page.getByRole('list', { name: /^Results/ }).getByRole('link').nth(4).evaluate((link) => { link.dispatchEvent(new PointerEvent('pointerover', { bubbles: true })); });
      await expect(page.locator('.tile--lit')).toHaveCount(1);
      await expect.poll(async () => (await map.screenshot()).equals(before)).toBe(false);

      // A click is a search.
      await map.scrollIntoViewIfNeeded();
      const other = await placeOf(page, map, 40);
      await page.mouse.click(other.x, other.y);
      await expect(page).toHaveURL(/query=\d+/);
      await expect(page).not.toHaveURL(/query=3&/);
      await page.goBack();
      await expect(page).toHaveURL(/query=3&/);
    });

    test('has no serious fault for those who cannot see or point', async ({ page }) => {
      await page.goto('/?advanced=1&open=map&query=3&map=n10');
      await settled(page);
      await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished)));
      const { violations } = await new AxeBuilder({ page }).include('.fold').analyze();
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    });
  });
}

test('is moved, caught from and saved', async ({ page }) => {
  await page.goto('/?advanced=1&open=map&query=3');
  const map = await settled(page);
  const box = (await map.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };

  // The wheel zooms and the address keeps where one is, without a step back for each turn.
  await page.mouse.move(box.x + box.width / 3, box.y + box.height / 2);
  await page.mouse.wheel(0, -600);
  await expect(page).toHaveURL(/map=x-?[\d.]+_y-?[\d.]+_z[\d.]+/);
  const zoomed = page.url();
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 4 });
  await page.mouse.up();
  await expect(page).not.toHaveURL(zoomed);
  await page.getByRole('button', { name: 'Show the whole map' }).click();
  await expect(page).not.toHaveURL(/map=/);

  // A box over everything catches everything, and Escape lets go.
  await page.getByRole('button', { name: 'Select with a box' }).click();
  await page.mouse.move(box.x + 4, box.y + 4);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 4, box.y + box.height - 4, { steps: 4 });
  await page.mouse.up();
  await expect(page.getByRole('heading', { name: '204 pictures selected' })).toBeVisible();
  await map.focus();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('heading', { name: /selected$/ })).toHaveCount(0);

  // A lasso around one bird catches some of them.
  await page.getByRole('button', { name: 'Select with a lasso' }).click();
  const bird = await placeOf(page, map, 3);
  await page.mouse.move(bird.x - 14, bird.y - 14);
  await page.mouse.down();
  for (const [dx, dy] of [[14, -14], [14, 14], [-14, 14], [-14, 0]] as const) await page.mouse.move(bird.x + dx, bird.y + dy, { steps: 2 });
  await page.mouse.up();
  const selection = page.getByRole('region', { name: 'Selected pictures' });
  await expect(selection.getByRole('link').first()).toBeVisible();
  const caught = await selection.getByRole('link').count();
  const [part] = await Promise.all([page.waitForEvent('download'), selection.getByRole('button', { name: 'CSV' }).click()]);
  expect((await saved(part)).toString().trim().split('\r\n')).toHaveLength(caught + 1);
  await selection.getByRole('button', { name: 'Show alone' }).click();
  await expect(page.getByRole('grid').getByRole('link')).toHaveCount(caught);
  await page.getByRole('button', { name: 'Show all', exact: true }).click();
  await expect(page.getByRole('grid')).toHaveAccessibleName(/204 pictures/);
  await selection.getByRole('button', { name: 'Clear' }).click();

  // What is saved is the server's map.
  const bar = page.getByRole('toolbar', { name: 'Map' });
  const [json] = await Promise.all([page.waitForEvent('download'), bar.getByRole('button', { name: 'JSON' }).click()]);
  expect(json.suggestedFilename()).toBe('stamps-efficientnet-lite0-top_activation-map.json');
  const map1 = JSON.parse((await saved(json)).toString()) as { seed: number; layer: string; points: { index: number; class: string; x: number; y: number }[] };
  const kept = (await (await page.request.get('/api/v1/map?aligned=true')).json()) as Kept;
  expect(map1).toMatchObject({ seed: 42, layer: 'top_activation' });
  expect(map1.points.map(({ index, x, y }) => [index, x, y])).toEqual(kept.images.map((image, i) => [image, kept.x[i], kept.y[i]]));
  const [csv] = await Promise.all([page.waitForEvent('download'), bar.getByRole('button', { name: 'CSV' }).click()]);
  expect((await saved(csv)).toString().split('\r\n')[0]).toBe('index,file,class,x,y');
  const [png] = await Promise.all([page.waitForEvent('download'), bar.getByRole('button', { name: 'PNG' }).click()]);
  const picture = await saved(png);
  expect(picture.subarray(1, 4).toString()).toBe('PNG');
  expect(picture.readUInt32BE(16)).toBeGreaterThan(box.width);
});

test('moves to another layer, and is filtered by its legend', async ({ page }) => {
  await page.goto('/?advanced=1&open=map&query=3');
  const map = await settled(page);
  await expect(page.locator('.legend__entry')).toHaveCount(12);
  await page.getByRole('button', { name: /^coin/ }).click();
  await expect(page.locator('.legend')).toContainText('186 of 204 pictures');
  await expect(page).toHaveURL(/map=c\.0\.1\.3/);
  await page.locator('.legend__entry').filter({ hasText: 'bird' }).hover();
  await page.getByRole('button', { name: 'Only bird' }).click();
  await expect(page.locator('.legend')).toContainText('24 of 204 pictures');
  await page.reload();
  await settled(page);
  await expect(page.locator('.legend')).toContainText('24 of 204 pictures');
  await page.locator('.legend').getByRole('button', { name: 'All' }).click();
  await expect(page).not.toHaveURL(/map=/);

  const before = await map.screenshot();
  await page.evaluate(() => { window.history.replaceState(null, '', '/?layer=block3b_add&query=3&advanced=1&open=map'); window.dispatchEvent(new PopStateEvent('popstate')); });
  await expect(page.locator('.fold__subject').filter({ hasText: 'UMAP of block3b_add' })).toBeVisible();
  await settled(page);
  expect((await map.screenshot()).equals(before)).toBe(false);

  // Other settings are another map, and step back to this one.
  await page.getByText('How the map is made').click();
  await page.getByLabel('Method').selectOption('pca');
  await expect(page).toHaveURL(/map=pca/);
  await settled(page);
  await page.getByLabel('Turn it to the map of the layer before').uncheck({ force: true });
  await expect(page).toHaveURL(/map=pca_apart/);
  await settled(page);
  await page.goBack();
  await page.goBack();
  await expect(page).not.toHaveURL(/map=/);
});

test('is worked by keyboard alone', async ({ page }) => {
  await page.goto('/?advanced=1&open=map&query=3');
  const map = await settled(page);
  await map.focus();
  await page.keyboard.press('n');
  await expect(page.locator('.hover-card')).toContainText('bird');
  await expect(page.getByRole('status')).toContainText('bird');
  const first = await page.locator('.hover-card').textContent();
  await page.keyboard.press('n');
  await expect(page.locator('.hover-card')).not.toHaveText(first ?? '');
  await page.keyboard.press('p');
  await expect(page.locator('.hover-card')).toHaveText(first ?? '');
  await page.keyboard.press('n');
  await page.keyboard.press('Shift+ArrowRight');
  await expect(page.locator('.hover-card')).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page).not.toHaveURL(/query=3&/);

  await page.keyboard.press('+');
  await page.keyboard.press('+');
  await expect(page).toHaveURL(/map=.*z2\.25/);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('0');
  await expect(page).not.toHaveURL(/map=/);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(page.locator(':focus')).toHaveClass(/legend__class/);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Space');
  await expect(page).toHaveURL(/map=c\.0\.2/);
});

test('is there without WebGL, and goes on where it is lost', async ({ page }) => {
  await page.goto('/?advanced=1&open=map&query=3');
  const map = await settled(page);
  const kind = await map.getAttribute('data-points');
  if (kind === 'webgl') {
    await map.evaluate((host) => { host.querySelector('canvas')?.getContext('webgl2')?.getExtension('WEBGL_lose_context')?.loseContext(); });
    await expect(map).toHaveAttribute('data-points', 'canvas');
    expect(await isDrawn(map)).toBe(true);
  }

  await page.addInitScript(() => {
    const open = Object.getOwnPropertyDescriptor(HTMLCanvasElement.prototype, 'getContext')?.value as (this: HTMLCanvasElement, ...all: unknown[]) => unknown;
    HTMLCanvasElement.prototype.getContext = function refusing(this: HTMLCanvasElement, kind: string, ...rest: unknown[]) {
      return kind.startsWith('webgl') ? null : open.call(this, kind, ...rest);
    } as HTMLCanvasElement['getContext'];
  });
  await page.reload();
  await settled(page);
  await expect(map).toHaveAttribute('data-points', 'canvas');
  expect(await isDrawn(map)).toBe(true);
  await map.focus();
  await page.keyboard.press('n');
  await expect(page.locator('.hover-card')).toBeVisible();
});

test('odd sets and odd addresses', async ({ page }) => {
  for (const [set, pictures] of [['lone', 1], ['squares', 3]] as const) {
    await page.goto(`/?dataset=${set}&advanced=1&open=map`);
    const offer = page.getByRole('button', { name: new RegExp(`^Index ${pictures}`) }).first();
    // The frame of the map is there before it is known whether it can be made.
    await expect(offer.or(page.locator('.legend__entry')).first()).toBeVisible();
    if (await offer.isVisible()) await offer.click();
    await settled(page);
    await expect(page.locator('.legend')).toContainText('no category');
  }
  await page.goto('/?advanced=1&open=map&query=3&map=n9999_zoom_x_c.999_%3Cb%3E');
  await expect(page.getByRole('alert')).toContainText(/neighbours/i);
  await page.getByRole('button', { name: 'Map with the usual settings' }).click();
  await settled(page);
  await expect(page).not.toHaveURL(/map=/);
});

test('a picture of one\'s own is placed among those that are there', async ({ page }) => {
  const duck = await page.request.post('/api/v1/pictures', {
    headers: { 'Content-Type': 'image/jpeg' },
    data: readFileSync('../dataset/stamps/bird/duck.jpg'),
  });
  const { id } = (await duck.json()) as { id: string };
  const placed = page.waitForResponse((response) => response.url().includes('/api/v1/map/place'));
  await page.goto(`/?picture=${id}&advanced=1&open=map`);
  const map = await settled(page);
  expect((await placed).status()).toBe(200);
  expect(await isDrawn(map)).toBe(true);
});

test('categories of any name, and a set that goes away', async ({ page }) => {
  const directory = mkdtempSync(join(tmpdir(), 'convnet-map-'));
  const [data, pictures] = [join(directory, 'data'), join(directory, 'pictures')];
  const classes = ['"quoted"', '<b>bold<', 'a & b', '🐦'];
  classes.forEach((name, i) => {
    mkdirSync(join(pictures, name), { recursive: true });
    // All of one category are the same picture: they lie at one place.
    for (const file of ['1', '2', '3']) writeFileSync(join(pictures, name, `${file}.bmp`), bmp(40, 40, 0x203040 * (i + 1)));
  });
  execFileSync(binary, ['datasets', 'add', 'odd', pictures, '--data', data], { stdio: 'ignore' });
  const server = await serve(data);
  await page.goto(`${server.address}/?dataset=odd&advanced=1&open=map`);
  await page.getByRole('button', { name: 'Index 12 pictures' }).first().click();
  await settled(page);
  expect(await page.locator('.legend__name').allTextContents()).toEqual([...classes].sort());
  await expect(page.locator('.map b')).toHaveCount(0);

  execFileSync(binary, ['datasets', 'remove', 'odd', '--data', data], { stdio: 'ignore' });
  await page.getByText('How the map is made').click();
  await page.getByLabel('Method').selectOption('pca');
  await expect(page.getByRole('alert').first()).toContainText('odd');
  await page.route('**/api/v1/map?*', (route) => route.abort());
  await page.goto(`${server.address}/?advanced=1&open=map&map=s7`);
  await expect(page.getByRole('alert')).toContainText('The server does not answer', { timeout: 20_000 });
  await page.goto('about:blank');
  await server.stop();
  rmSync(directory, { recursive: true });
});
