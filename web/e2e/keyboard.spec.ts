import { expect, indexed, results, test } from './playground';

test.beforeAll(({ playground }) => indexed(playground.address));

test('everything is reached and worked without a mouse', async ({ page }) => {
  await page.goto('/');
  await results(page);
  const focused = page.locator(':focus');

  await page.keyboard.press('Tab');
  await expect(focused).toHaveText('Skip to the content');
  await expect(focused).toBeInViewport();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/');

  await page.keyboard.press('Tab');
  await expect(focused).toHaveText('How this works');
  await page.keyboard.press('Tab');
  await expect(focused).toHaveAccessibleName('Advanced options');

  await page.keyboard.press('Tab');
  await expect(focused).toHaveAccessibleName('What is the search score?');
  await page.keyboard.press('Tab');
  await expect(focused).toHaveText(/Copy link/);
  await page.keyboard.press('Tab');
  await expect(focused).toHaveAccessibleName(/^1: /);
  for (let i = 0; i < 14; i++) await page.keyboard.press('Tab');
  await expect(focused).toHaveAccessibleName(/^15: /);

  await page.keyboard.press('Tab');
  await expect(focused).toHaveAttribute('id', 'choose-dataset');
  await page.keyboard.press('Tab');
  await expect(focused).toHaveText(/Your picture/);
  await page.keyboard.press('Tab');
  await expect(focused).toHaveText('All');
  await page.keyboard.press('Tab');
  await expect(focused).toHaveAttribute('data-image', /\d+/);
});

test('arrow keys move in the grid, and Enter searches', async ({ page }) => {
  await page.goto('/');
  await results(page);
  const links = page.getByRole('grid').getByRole('link');
  const columns = Number(await page.getByRole('grid').getAttribute('aria-colcount'));
  const focused = page.locator(':focus');
  const shown = await links.evaluateAll((all) => all.map((link) => link.getAttribute('data-image') ?? ''));

  await links.first().focus();
  await page.keyboard.press('ArrowRight');
  await expect(focused).toHaveAttribute('data-image', shown[1] ?? '');
  await page.keyboard.press('ArrowDown');
  await expect(focused).toHaveAttribute('data-image', shown[columns + 1] ?? '');
  await page.keyboard.press('Home');
  await expect(focused).toHaveAttribute('data-image', shown[columns] ?? '');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(`/?query=${shown[columns]}`);
  await expect(focused).toHaveAttribute('aria-current', 'true');

  await page.keyboard.press('Control+End');
  await expect(focused).toBeInViewport();
  await expect.poll(() => page.evaluate(() => window.scrollY)).toBeGreaterThan(1000);
  await page.keyboard.press('Enter');
  await expect(page).not.toHaveURL(`/?query=${shown[columns]}`);
  expect(await results(page)).toHaveLength(15);

  await page.keyboard.press('Control+Home');
  await expect(focused).toHaveAttribute('data-image', shown[0] ?? '');
  await expect(focused).toBeInViewport();
});

test('the grid is one tab stop', async ({ page }) => {
  await page.goto('/?view=category');
  await expect(page.getByRole('rowheader').first()).toBeVisible();
  await expect(page.getByRole('grid').locator('[tabindex="0"]')).toHaveCount(1);
});
