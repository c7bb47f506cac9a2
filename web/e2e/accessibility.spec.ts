import { expectNothingSerious } from './axe';
import { expect, indexed, results, test } from './playground';

test.beforeAll(({ playground }) => indexed(playground.address));

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1440, 390]) {
    test.describe(`${colorScheme}, ${width} pixels wide`, () => {
      test.use({ colorScheme, viewport: { width, height: 844 } });

      test('results', async ({ page }) => {
        await page.goto('/?query=3&layer=block3b_add&metric=minkowski&advanced=1');
        await results(page);
        await expectNothingSerious(page);
      });

      test('by category, with the explanation open', async ({ page }) => {
        await page.goto('/?view=category&query=3');
        await results(page);
        await page.getByRole('button', { name: 'What is the search score?' }).click();
        await expectNothingSerious(page);
      });

      test('an error', async ({ page }) => {
        await page.goto('/?layer=top&query=3');
        await expect(page.getByRole('alert')).toBeVisible();
        await expectNothingSerious(page);
      });

      test('not indexed', async ({ page }) => {
        await page.goto('/?pool=max');
        await expect(page.getByRole('button', { name: /^Index 204/ })).toBeVisible();
        await expectNothingSerious(page);
      });
    });
  }
}

test('the description of the API', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('link', { name: 'API' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expectNothingSerious(page);
});
