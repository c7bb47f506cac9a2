import type { Page } from '@playwright/test';
import { expectNothingSerious } from './axe';
import { expect, indexed, results, test } from './playground';

test.beforeAll(({ playground }) => indexed(playground.address));

test('the switch is a choice that is kept: in the address, in the history, and for the next visit', async ({ page, context }) => {
  await page.goto('/?query=3');
  await results(page);
  await expect(page.getByText('Compared by what EfficientNet-Lite0 sees in its last layer (top_activation).')).toBeVisible();
  const [toggle, drawer] = [advanced(page), page.getByRole('region', { name: 'Search configuration' })];
  await expect(drawer).toBeHidden();
  await toggle.click();
  await expect(page).toHaveURL('/?query=3&advanced=1');
  await expect(drawer.getByRole('radio', { name: /^Layer 8 of 8/ })).toBeChecked();
  await page.goBack();
  await expect(page).toHaveURL('/?query=3');
  await expect(drawer).toBeHidden();
  await page.goForward();
  await expect(drawer).toBeVisible();

  const later = await context.newPage();
  await later.goto('/');
  await expect(later).toHaveURL('/?advanced=1');
  await expect(advanced(later)).toBeChecked();
  await later.getByRole('link', { name: 'Explore' }).click();
  await later.getByRole('link', { name: 'Search', exact: true }).click();
  await expect(later).toHaveURL('/?advanced=1');
  await later.goto('/?query=3&advanced=1');
  await later.getByRole('link', { name: 'Search', exact: true }).click();
  await expect(later).toHaveURL('/?advanced=1');

  // A link that says so stays simple, and decides nothing for later.
  await later.goto('/?query=3&advanced=0');
  await expect(advanced(later)).not.toBeChecked();
  await later.reload();
  await expect(later).toHaveURL('/?query=3&advanced=0');
  await expect(advanced(later)).not.toBeChecked();
  await later.goto('/?query=3');
  await expect(advanced(later)).toBeChecked();
  await advanced(later).click();
  await expect(later).toHaveURL('/?query=3');
  await later.reload();
  await expect(advanced(later)).not.toBeChecked();
  await expect(later).toHaveURL('/?query=3');
});

for (const width of [1440, 390]) {
  test.describe(`${width} pixels wide`, () => {
    test.use({ viewport: { width, height: 844 } });

    test('lines lead from the model to its layers, and follow them', async ({ page }) => {
      await page.goto('/?query=3&advanced=1&layer=block4c_add');
      await results(page);
      const chosen = page.locator('.connectors__line--chosen');
      await expect(chosen).toHaveCount(1);
      expect(await page.locator('.connectors__line').count()).toBeGreaterThan(1);
      const widths = await page.locator('.connectors__line:not(.connectors__line--chosen)').evaluateAll((lines) => lines.map((line) => Number(line.getAttribute('stroke-width'))));
      expect(Math.max(...widths)).toBeLessThanOrEqual(3);
      expect(new Set(widths).size).toBe(widths.length);

      // Each time, when the list has come to rest.
      const path = () => chosen.getAttribute('d');
      const layers = page.locator('.picker--layer .picker__list');
      const before = await path();
      await layers.evaluate((list) => { list.scrollTo({ top: 0, left: 0, behavior: 'instant' }); });
      await expect.poll(path).not.toBe(before);
      const scrolled = await path();
      await page.setViewportSize({ width: width + 60, height: 844 });
      await expect.poll(path).not.toBe(scrolled);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width + 60);
    });

    test('tiles show what layers look for, and axe finds nothing serious', async ({ page }) => {
      await page.goto('/?query=3&advanced=1&metric=minkowski&p=2');
      await results(page);
      await expect(page.locator('.picker--layer .settings__picture img')).toHaveCount(8, { timeout: 45_000 });
      await expect(page.locator('.picker--model .settings__picture img').first()).toHaveAttribute('src', /\/renderings\/[0-9a-f]{64}\/image$/, { timeout: 45_000 });
      await expect(page.locator('.picker--dataset img').first()).toHaveAttribute('src', /thumbnail/);
      await expect(page.getByText('With p = 2 this is the Euclidean distance')).toBeVisible();
      await expectNothingSerious(page);
      await page.screenshot({ path: `test-results/advanced-${width}.png`, fullPage: width === 390 });
    });
  });
}

test.describe('for those who ask for less motion', () => {
  test.use({ contextOptions: { reducedMotion: 'reduce' } });

  test('lines are there at once', async ({ page }) => {
    await page.goto('/?query=3&advanced=1');
    const line = page.locator('.connectors__line--chosen');
    await expect(line).toBeVisible();
    expect(await line.evaluate((path) => parseFloat(getComputedStyle(path).animationDuration))).toBeLessThan(0.001);
  });
});

test('arrow keys go round in the picker that was used last, wherever the focus is', async ({ page }) => {
  await page.goto('/?query=3&advanced=1');
  await results(page);
  const main = page.locator('main');
  await main.focus();
  await page.keyboard.press('ArrowRight');
  await expect(page).toHaveURL(/layer=stem_conv/);
  await page.keyboard.press('ArrowLeft');
  await expect(page).toHaveURL('/?query=3&advanced=1');
  await page.getByRole('radio', { name: 'Euclidean', exact: true }).check();
  await main.focus();
  await page.keyboard.press('ArrowRight');
  await expect(page).toHaveURL(/metric=sqeuclidean/);
  await expect(page.getByText(/distance: Squared Euclidean/)).toBeVisible();

  // Whoever has a use for the keys keeps them, and a closed drawer has none.
  await page.getByLabel('Pooling').focus();
  await page.keyboard.press('ArrowRight');
  await expect(page).toHaveURL(/metric=sqeuclidean.*pool=max/);
  await page.goBack();
  await page.getByRole('button', { name: /^Search configuration/ }).click();
  await expect(page).toHaveURL(/open=&|open=$/);
  await main.focus();
  await page.keyboard.press('ArrowRight');
  await expect(page).toHaveURL(/metric=sqeuclidean/);
});

test('from the first look to another layer and a search, by keyboard alone', async ({ page }) => {
  await page.goto('/');
  await results(page);
  await tabTo(page, 'Advanced options');
  await page.keyboard.press('Space');
  await expect(page).toHaveURL('/?advanced=1');
  await tabTo(page, /^Layer 8 of 8/);
  await page.keyboard.press('ArrowUp');
  await expect(page).toHaveURL('/?layer=block6d_add&advanced=1');
  const before = await results(page);
  await tabTo(page, 'All');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/layer=block6d_add&query=\d+&advanced=1/);
  await expect.poll(() => results(page)).not.toEqual(before);
  // The results have come into view, and the place among the pictures is kept.
  await expect(page.locator('.score__value')).toBeInViewport();
  await expect(page.locator(':focus')).toHaveAttribute('aria-current', 'true');
});

function advanced(page: Page) {
  return page.getByRole('switch', { name: 'Advanced options' });
}

/** Tabs on until what is focused has the name. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const focused = page.locator(':focus');
  await expect(async () => {
    await page.keyboard.press('Tab');
    await expect(focused).toHaveAccessibleName(name, { timeout: 100 });
  }).toPass({ intervals: [0], timeout: 30_000 });
}
