import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, indexed, results, test } from './playground';

declare global {
  interface Window {
    shifts: Shift[];
  }
}

/** A jump of the layout, and what moved. */
interface Shift {
  value: number;
  moved: string[];
}

interface LayoutShift extends PerformanceEntry {
  value: number;
  sources: { node: Node | null; previousRect: DOMRectReadOnly; currentRect: DOMRectReadOnly }[];
}

test.beforeAll(({ playground }) => indexed(playground.address));

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [width, height] of [[1440, 900], [390, 844]] as const) {
    test.describe(`${colorScheme}, ${width} pixels wide`, () => {
      test.use({ colorScheme, viewport: { width, height } });

      test('fits, and does not jump', async ({ page }) => {
        await page.addInitScript(() => {
          window.shifts = [];
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries() as LayoutShift[]) {
              window.shifts.push({
                value: entry.value,
                moved: entry.sources.map(({ node, previousRect, currentRect }) =>
                  `${node instanceof Element ? node.outerHTML.slice(0, 60) : node?.textContent ?? ''}: ${JSON.stringify(previousRect)} to ${JSON.stringify(currentRect)}`),
              });
            }
          }).observe({ type: 'layout-shift', buffered: true });
        });
        await page.goto('/');
        await results(page);
        await page.waitForLoadState('networkidle');
        await page.screenshot({ path: `test-results/first-${colorScheme}-${width}.png` });
        const shifts = await page.evaluate(() => window.shifts);
        expect(shifts.reduce((sum, { value }) => sum + value, 0), JSON.stringify(shifts, null, 2)).toBeLessThan(0.05);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);

        await page.goto('/?layer=block3b_add&view=category&query=3&advanced=1');
        await results(page);
        await page.waitForLoadState('networkidle');
        await page.screenshot({ path: `test-results/search-${colorScheme}-${width}.png`, fullPage: width === 390 });
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      });
    });
  }
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test('a tap brings the results, and one more brings back the pictures', async ({ page }) => {
    await page.goto('/');
    await results(page);
    await page.getByRole('button', { name: 'Pictures' }).tap();
    const picture = page.getByRole('grid').getByRole('link').nth(20);
    await picture.scrollIntoViewIfNeeded();
    await picture.tap();
    await expect(page.locator('.score__value')).toBeInViewport();
    await expect(page.locator('.query__picture')).toBeInViewport();
    await page.getByRole('button', { name: 'Pictures' }).tap();
    await expect(picture).toBeInViewport();
    await expect(picture).toBeFocused();
  });

  test('all settings are one tap away', async ({ page }) => {
    await page.goto('/?query=3');
    await expect(page.getByLabel('Transform')).toBeHidden();
    await page.getByRole('switch', { name: 'Advanced options' }).tap();
    await page.getByLabel('Transform').selectOption('none');
    await expect(page).toHaveURL(/transform=none/);
  });
});

test('the first page loads less than 350 kB of scripts', () => {
  const assets = readdirSync('dist/assets').filter((name) => name.endsWith('.js'));
  const bytes = assets.map((name) => gzipSync(readFileSync(`dist/assets/${name}`)).length);
  expect(bytes.reduce((a, b) => a + b, 0)).toBeLessThan(350_000);
});
