import type { Page } from '@playwright/test';
import { expectNothingSerious } from './axe';
import { expect, indexed, results, test } from './playground';

test.beforeAll(({ playground }) => indexed(playground.address));

test.describe('the first visit', () => {
  test.use({ firstVisit: true });

  for (const width of [1440, 390]) {
    test(`${width} pixels wide: the page introduces itself once, and again when asked`, async ({ page }) => {
      await page.setViewportSize({ width, height: 844 });
      await page.goto('/');
      const guide = dialog(page);
      await expect(guide).toBeVisible();
      await expect(guide.getByRole('button', { name: 'Get started' })).toBeFocused();

      // The focus stays within, whichever way it goes.
      for (const key of ['Tab', 'Shift+Tab']) {
        for (let i = 0; i < 10; i++) {
          await page.keyboard.press(key);
          expect(await guide.evaluate((element) => element.contains(document.activeElement))).toBe(true);
        }
      }
      for (const topic of await guide.locator('summary').all()) await topic.click();
      await expect(guide.getByText('15/15, 14/15, … 1/15')).toBeVisible();
      await expect(guide.getByText('put all pictures into the same order')).toBeVisible();
      await expect(guide.getByRole('region', { name: 'Stamps' })).toContainText('GPL-2.0-or-later');
      await expect(guide.getByRole('region', { name: 'CIFAR-10' })).toContainText('airplane');
      await expectNothingSerious(page);
      await page.screenshot({ path: `test-results/guide-${width}.png` });
      await page.keyboard.press('Escape');
      await expect(guide).toBeHidden();
      await results(page);

      await page.reload();
      await results(page);
      await expect(guide).toBeHidden();
      const help = page.getByRole('button', { name: 'How this works' });
      await help.click();
      await expect(guide).toBeVisible();
      await guide.getByRole('button', { name: 'Close' }).click();
      await expect(guide).toBeHidden();
      await expect(help).toBeFocused();
    });
  }

  test('a browser that keeps nothing shows the page all the same', async ({ page }) => {
    await page.addInitScript(() => {
      Object.defineProperty(window, 'localStorage', { get: () => { throw new DOMException('kept out', 'SecurityError'); } });
    });
    await page.goto('/');
    await expect(dialog(page)).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(dialog(page)).toBeHidden();
    await page.getByRole('switch', { name: 'Advanced options' }).click();
    await expect(page).toHaveURL('/?advanced=1');
    await results(page);
  });

  test('a link to something shows just that', async ({ page }) => {
    await page.goto('/?query=3');
    await results(page);
    await expect(dialog(page)).toBeHidden();
  });
});

test('what can be chosen explains itself', async ({ page }) => {
  await page.goto('/?query=3&advanced=1');
  await results(page);
  await page.getByRole('button', { name: 'About the distances' }).click();
  await expect(dialog(page).getByText('Minkowski with p = 1 is Manhattan')).toBeInViewport();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL('/?query=3&advanced=1');
  await page.getByRole('button', { name: 'About the sets' }).click();
  await expect(dialog(page).getByText('Every thing stands alone on white')).toBeInViewport();
});

for (const width of [1440, 390]) {
  test(`${width} pixels wide: the page about the program says what it is and what it stands on`, async ({ page, request }) => {
    await page.setViewportSize({ width, height: 844 });
    await page.goto('/');
    await page.getByRole('link', { name: 'About' }).click();
    await expect(page).toHaveURL('/about');
    await expect(page).toHaveTitle(/^About/);
    const about = (await (await request.get('/api/v1/about')).json()) as { version: string; platform: string };
    const machine = page.getByRole('complementary', { name: 'This program' });
    await expect(machine).toContainText(about.version);
    await expect(machine).toContainText(about.platform);
    await expect(page.getByRole('table', { name: 'Weights of the models' })).toContainText('EfficientNet-Lite0 (built in)');
    await expect(page.getByRole('link', { name: 'Feature Visualization' })).toBeVisible();
    await expectNothingSerious(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await page.screenshot({ path: `test-results/about-${width}.png`, fullPage: true });
    await page.getByRole('link', { name: 'Compare all layers' }).click();
    await expect(page).toHaveURL('/?advanced=1&open=compare');
    await expect(page.getByRole('switch', { name: 'Advanced options' })).toBeChecked();
  });
}

function dialog(page: Page) {
  return page.getByRole('dialog', { name: 'How this works' });
}
