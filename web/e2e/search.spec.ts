import { expect, indexed, results, test } from './playground';

interface Answer {
  score: number;
  same_class: number;
  results: { file: string; class: string }[];
}

test.beforeAll(({ playground }) => indexed(playground.address));

test('the first page shows what can be searched, and a search', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Search pictures');
  await expect(page.getByRole('grid')).toHaveAccessibleName(/204 pictures/);
  expect(await results(page)).toHaveLength(15);
  await expect(page.getByText('We began with this picture')).toBeVisible();
  await expect(page).toHaveURL('/');
});

test('a click searches, and so does a click on a result', async ({ page, request }) => {
  await page.goto('/');
  const picture = page.getByRole('grid').getByRole('link').nth(6);
  const index = await picture.getAttribute('data-image');
  await picture.click();

  await expect(page).toHaveURL(`/?query=${index}`);
  const answer = (await (await request.get(`/api/v1/search?query=${index}`)).json()) as Answer;
  const names = await results(page);
  expect(names).toEqual(answer.results.map((r) => `${r.class.replaceAll('_', ' ')}, ${r.file.split('/').at(-1)}`));
  await expect(page.locator('.score__value')).toHaveText(`${answer.score.toFixed(1)}%`);
  await expect(page.getByText(`${answer.same_class} / 15 in the same category`)).toBeVisible();
  await expect(picture).toHaveAttribute('aria-current', 'true');
  await expect(page.getByRole('status')).toContainText('search score');
  const title = await page.title();
  expect(title).toContain('ConvNet Playground');

  await page.getByRole('list', { name: /^Results/ }).getByRole('link').first().click();
  await expect(page).not.toHaveTitle(title);
  expect(await results(page)).not.toEqual(names);

  await page.goBack();
  await expect(page).toHaveTitle(title);
  expect(await results(page)).toEqual(names);
  await page.goForward();
  await expect(page).not.toHaveTitle(title);
});

test('a click far down the set keeps the place', async ({ page }) => {
  await page.goto('/');
  await results(page);
  await page.mouse.move(1200, 500);
  await page.mouse.wheel(0, 2500);
  await expect.poll(() => page.evaluate(() => window.scrollY)).toBeGreaterThan(2000);
  const before = await page.evaluate(() => window.scrollY);
  await page.mouse.click(1200, 500);
  await expect(page).toHaveURL(/query=/);
  await results(page);
  expect(await page.evaluate(() => window.scrollY)).toBe(before);
  await expect(page.locator('.score__value')).toBeInViewport();
});

test('every picker changes the search and the address', async ({ page }) => {
  await page.goto('/?query=3&advanced=1');
  await results(page);

  await page.getByRole('radio', { name: 'Chebyshev' }).check();
  await expect(page).toHaveURL(/metric=chebyshev/);
  await page.getByRole('radio', { name: 'Minkowski' }).check();
  await page.getByLabel('p', { exact: true }).selectOption('1.5');
  await expect(page).toHaveURL(/metric=minkowski&p=1.5/);
  await page.getByLabel('Transform').selectOption('none');
  await page.getByRole('radio', { name: /Layer 3 of 8: block2b_add/ }).check();
  await expect(page).toHaveURL(/layer=block2b_add/);
  await expect(page).toHaveURL(/transform=none/);
  expect(await results(page)).toHaveLength(15);
  await expect(page.getByText('Compared by what EfficientNet-Lite0 sees in its layer 3 of 8 (block2b_add); distance: Minkowski with p = 1.5')).toBeVisible();

  await page.goBack();
  await expect(page.getByRole('radio', { name: /Layer 8 of 8/ })).toBeChecked();
});

test('pictures stand by category when asked', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('tab', { name: 'By category' }).click();
  await expect(page).toHaveURL('/?view=category');
  await expect(page.getByRole('rowheader').first()).toContainText(/bird/i);
});

test('a link reproduces the view', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('/?layer=block5c_add&metric=euclidean&transform=center&view=category&query=42&advanced=1');
  const names = await results(page);
  const score = await page.locator('.score__value').textContent();
  await page.getByRole('button', { name: 'Copy link' }).click();
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();

  const other = await context.newPage();
  await other.goto(await page.evaluate(() => navigator.clipboard.readText()));
  expect(await results(other)).toEqual(names);
  await expect(other.locator('.score__value')).toHaveText(score ?? '');
  await expect(other.getByRole('radio', { name: 'Euclidean', exact: true })).toBeChecked();
  await expect(other.getByLabel('Transform')).toHaveValue('center');
  await expect(other.getByRole('radio', { name: /block5c_add/ })).toBeChecked();
  await expect(other.getByRole('tab', { name: 'By category' })).toHaveAttribute('aria-selected', 'true');
});

test('a link to the picture that the page chose names that picture', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('/');
  await results(page);
  await page.getByRole('button', { name: 'Copy link' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/\?query=\d+$/);
});

test('the score explains itself', async ({ page }) => {
  await page.goto('/?query=3');
  await page.getByRole('button', { name: 'What is the search score?' }).click();
  await expect(page.getByText('The score is conservative')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByText('The score is conservative')).toBeHidden();
});

test('results of another category are marked by more than colour', async ({ page }) => {
  await page.goto('/?query=3&layer=stem_conv');
  await results(page);
  const other = page.getByRole('link', { name: /another category$/ }).first();
  await expect(other).toBeVisible();
  await expect(other.locator('.tile__class svg')).toBeVisible();
});
