import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { bmp } from './pictures';
import { expect, indexed, test } from './playground';

test.beforeAll(({ playground }) => indexed(playground.address));

const few = 'steps=32&size=64';
const address = `/explore?layer=block3b_add&channel=5&${few}`;

for (const width of [1440, 390]) {
  test.describe(`${width} pixels wide`, () => {
    test.use({ viewport: { width, height: 844 } });

    test('a channel is rendered while one looks on, and then kept', async ({ page }) => {
      await page.goto(address);
      await expect(page.getByRole('heading', { level: 1 })).toContainText('neural network looks for');
      await finished(page);
      await expect(picture(page)).toHaveAttribute('src', /\/renderings\/[0-9a-f]{64}\/image$/);
      expect(await picture(page).evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(64);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);

      const src = await picture(page).getAttribute('src');
      await page.reload();
      await finished(page);
      expect(await picture(page).getAttribute('src')).toBe(src);
    });

    test('nothing serious stands in the way of assistive programs', async ({ page }) => {
      await page.goto(`${address}&negative=true&with=3`);
      await finished(page);
      await expect(page.locator('.channel-tile--done').first()).toBeVisible();
      await page.getByText('All 158 layers as a table').click();
      await expect(page.getByRole('table', { name: 'Layers' })).toBeVisible();
      await expect(page.locator('.tops__box').first()).toBeVisible();
      // Lines that are still being drawn, and tiles at work, do not matter here.
      const { violations } = await new AxeBuilder({ page }).analyze();
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)).toEqual([]);
    });

    test('lines lead from the model to its layers and from the layer to its picture', async ({ page }) => {
      await page.goto(address);
      await finished(page);
      await expect(page.locator('.connectors__line--chosen')).toHaveCount(2);
      expect(await page.locator('.connectors__line').count()).toBeGreaterThan(3);
    });
  });
}

test('a click on a tile shows that channel, the first frame at once', async ({ page }) => {
  await page.goto(address);
  await finished(page);
  await page.getByRole('grid').getByRole('button', { name: /^Channel 7/ }).click();
  await expect(page).toHaveURL(/channel=7/);
  await expect(picture(page)).toHaveAttribute('src', /^data:image\/jpeg|\/renderings\//);
  await finished(page);
  await expect(page.getByRole('heading', { name: 'Channel 7' })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('heading', { name: 'Channel 5' })).toBeVisible();
});

test('tiles in view are rendered, with the selected channels first and all on request', async ({ page }) => {
  await page.goto(address.replace('channel=5', 'channel=0').replace('block3b_add', 'block4c_add'));
  const grid = page.getByRole('grid');
  await expect(grid).toHaveAccessibleName('40 channels of block4c_add');
  await expect(grid.locator('.channel-tile--done').first()).toBeVisible({ timeout: 30_000 });
  await page.getByRole('tab', { name: 'All 80 channels' }).click();
  await expect(page).toHaveURL(/channels=all/);
  await expect(grid).toHaveAccessibleName('80 channels of block4c_add');
});

test('a rendering is stopped, and goes on', async ({ page }) => {
  await page.goto('/explore?layer=block3b_add&channel=9&steps=2048');
  await expect(picture(page)).toHaveAttribute('src', /^data:/);
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.locator('.standing__state')).toContainText('Stopped');
  await expect(picture(page)).toBeVisible();
  const step = () => page.locator('.standing dd').first().textContent();
  const stopped = await step();
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(page.locator('.standing__state')).toContainText('Sharpening');
  await expect.poll(step).not.toBe(stopped);
});

test('the slider goes through the kept frames, and the link says which', async ({ page }) => {
  await page.goto(address);
  await finished(page);
  await page.getByRole('slider', { name: 'How it came about' }).focus();
  await page.keyboard.press('ArrowLeft');
  await expect(page).toHaveURL(/frame=\d+/);
  await expect(picture(page)).toHaveAttribute('src', /\/frames\/\d+$/);
  const src = await picture(page).getAttribute('src');
  await page.reload();
  await finished(page);
  expect(await picture(page).getAttribute('src')).toBe(src);
});

test('a new seed is another picture of the same channel', async ({ page }) => {
  await page.goto(address);
  await finished(page);
  const src = await picture(page).getAttribute('src');
  await page.getByRole('button', { name: 'New seed' }).click();
  await expect(page).toHaveURL(/seed=1/);
  await finished(page);
  expect(await picture(page).getAttribute('src')).not.toBe(src);
});

test('a link opens the same view', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(`/explore?layer=block3b_add&channel=3&pictures=2&negative=true&${few}`);
  await finished(page);
  await page.getByRole('button', { name: 'Copy link' }).click();
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
  const other = await context.newPage();
  await other.goto(await page.evaluate(() => navigator.clipboard.readText()));
  await finished(other);
  await expect(other.locator('.channel__squares img')).toHaveCount(2);
  await expect(other.getByRole('checkbox', { name: /Negative/ })).toBeChecked();
  expect(await picture(other).getAttribute('src')).toBe(await picture(page).getAttribute('src'));
});

test('the keyboard is enough', async ({ page }) => {
  await page.goto(address);
  await finished(page);
  await page.locator('main').focus();
  await page.keyboard.press('ArrowRight');
  await expect(page).toHaveURL(/channel=6/);
  await page.getByRole('radio', { name: /: block3b_add,/ }).focus();
  await page.keyboard.press('ArrowDown');
  await expect(page).toHaveURL(/layer=block4a_expand_conv/);
  await page.locator('main').focus();
  await page.keyboard.press('ArrowLeft');
  await expect(page).toHaveURL(/layer=block3b_add/);
  await finished(page);
  const tile = page.getByRole('grid').getByRole('button', { name: /^Channel 0/ });
  await tile.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/channel=1(&|$)/);
});

test('another model keeps its weights to itself until it is installed', async ({ page }) => {
  await page.goto('/explore?model=vgg16');
  await expect(page.getByRole('heading', { name: 'VGG16 is not installed' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Install VGG16' })).toBeVisible();
  await expect(page.getByRole('radio', { name: /block5_conv3/ })).toBeVisible();
});

for (const [what, query, said] of [
  ['model', 'model=vgg61', 'vgg61'],
  ['layer', 'layer=block3b_ad', 'block3b_ad'],
  ['channel', 'layer=block3b_add&channel=100000', '100000'],
  ['size', 'size=100000', 'Size'],
] as const) {
  test(`an unknown ${what} in the address is named, with a way out`, async ({ page }) => {
    await page.goto(`/explore?${query}`);
    const alert = page.getByRole('alert');
    await expect(alert).toContainText(said);
    await alert.getByRole('link', { name: 'Start over with the defaults' }).click();
    await expect(page).toHaveURL('/explore');
    await expect(picture(page)).toBeVisible({ timeout: 30_000 });
  });
}

test('real pictures that excite the channel stand beside it, the region boxed', async ({ page }) => {
  await page.goto(`/explore?layer=block4c_add&channel=2&${few}`);
  const list = page.getByRole('list', { name: 'Top pictures' });
  await expect(list.getByRole('link')).toHaveCount(9);
  await expect(list.locator('.tops__box')).toHaveCount(9);
  await expect(page.locator('.heat__map')).toBeVisible();
  await list.getByRole('link').nth(3).click();
  await expect(page).toHaveURL(/image=\d+/);
  await expect(list.getByRole('link').nth(3)).toHaveAttribute('aria-current', 'true');
  await page.locator('.heat__map').evaluate((img: HTMLImageElement) => img.decode());
});

test('a picture of one\'s own shows where it excites the channel', async ({ page }) => {
  await page.goto(`/explore?layer=block4c_add&channel=2&${few}`);
  await page.getByTestId('own-picture').setInputFiles({ name: 'mine.bmp', mimeType: 'image/bmp', buffer: bmp(64, 48, 0x3366cc) });
  await expect(page).toHaveURL(/picture=[0-9a-f]{16}/);
  await expect(page.getByText(/^Your picture: the lighter/)).toContainText('At most');
  await page.locator('.heat__map').evaluate((img: HTMLImageElement) => img.decode());
});

test('a layer that has not seen the pictures looks through them on request', async ({ page }) => {
  await page.goto(`/explore?layer=block3b_add&dataset=plain&channel=2&${few}`);
  await page.getByRole('button', { name: 'Look through 3 pictures' }).click();
  await expect(page.getByRole('list', { name: 'Top pictures' }).getByRole('link')).toHaveCount(3, { timeout: 30_000 });
});

test('a dead channel is said to be dead', async ({ page }) => {
  await page.goto('/explore?layer=stem_activation&channel=16&steps=32');
  await expect(page.getByRole('alert')).toContainText('This channel is dead', { timeout: 30_000 });
  await page.getByRole('button', { name: /^Channel 16/ }).scrollIntoViewIfNeeded();
  await expect(page.getByRole('button', { name: 'Channel 16, dead' })).toBeVisible({ timeout: 40_000 });
});

test('every layer is found in the table, and by its column', async ({ page }) => {
  await page.goto(address);
  await page.getByText('All 158 layers as a table').click();
  const table = page.getByRole('table', { name: 'Layers' });
  await expect(table.getByRole('link', { name: 'block3b_add' })).toBeVisible();
  await page.getByRole('searchbox', { name: 'Find layers' }).fill('dwconv');
  await expect(page.getByText('20 of 158')).toBeVisible();
  await table.getByRole('link', { name: 'block1a_dwconv' }).click();
  await expect(page).toHaveURL(/layer=block1a_dwconv/);
  await expect(page.locator('.network__head')).toContainText('layer 5 of 157');
  const drawing = page.getByRole('img', { name: /^block1a_dwconv is layer 5/ });
  const box = await drawing.boundingBox();
  if (!box) throw new Error('the network is not drawn');
  await page.mouse.move(box.x + box.width - 30, box.y + 80);
  await page.mouse.click(box.x + (box.width * 152.5) / 158, box.y + 80);
  await expect(page).toHaveURL(/layer=top_conv/);
});

test('from a layer to the search with it', async ({ page }) => {
  await page.goto(address);
  await finished(page);
  await page.getByRole('link', { name: 'Search with this layer' }).click();
  await expect(page).toHaveURL('/?layer=block3b_add');
});

function picture(page: Page) {
  return page.locator('.channel__squares img').first();
}

async function finished(page: Page): Promise<void> {
  await expect(page.locator('.standing__state')).toContainText('Took', { timeout: 30_000 });
  await expect(picture(page)).toHaveAttribute('src', /\/renderings\//);
}
