import type { Page } from '@playwright/test';
import { expectNothingSerious } from './axe';
import { expect, indexed, test } from './playground';

interface Answer {
  first: { results: { index: number }[] };
  second: { results: { index: number }[] };
  common: { index: number; first_rank: number; second_rank: number }[];
  only_first: number[];
  only_second: number[];
}

test.beforeAll(async ({ playground }) => {
  await indexed(playground.address);
  await fetch(`${playground.address}/api/v1/indexes`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ dataset: 'squares', model: 'efficientnet-lite0', pool: 'avg' }),
  });
  await expect(async () => {
    expect((await fetch(`${playground.address}/api/v1/search?dataset=squares`)).status).toBe(200);
  }).toPass();
});

const panel = (page: Page) => page.getByRole('region', { name: 'Two searches side by side' });
const found = (page: Page, which: 'first' | 'second') => panel(page).getByRole('list', { name: `Found by the ${which} search` }).getByRole('link');

test('two searches are linked as the server has it, and what the pointer is on lights up in both', async ({ page, request }) => {
  await page.goto('/?query=3&advanced=1&open=contrast&other=*block3b_add*euclidean');
  const answer = (await (await request.get('/api/v1/contrast?query=3&other_layer=block3b_add&other_metric=euclidean')).json()) as Answer;
  await expect(found(page, 'first')).toHaveCount(15);
  await expect(found(page, 'second')).toHaveCount(15);
  await expect(panel(page).getByRole('link', { name: /, only here:/ })).toHaveCount(answer.only_first.length + answer.only_second.length);
  await expect(panel(page).locator('.contrast__line')).toHaveCount(answer.common.length);
  await expect(panel(page).getByText(`${answer.common.length} of 15 pictures were found by both searches`)).toBeVisible();

  const [common] = answer.common;
  if (!common) throw new Error('the two searches have nothing in common to test with');
  const [one, twin] = [found(page, 'first').nth(common.first_rank - 1), found(page, 'second').nth(common.second_rank - 1)];
  await expect(one).toHaveAccessibleName(new RegExp(`^${common.first_rank}\\w\\w here, ${common.second_rank}\\w\\w there`));
  await one.hover();
  await expect(twin).toHaveClass(/--lit/);
  await expect(panel(page).locator('.contrast__line--lit')).toHaveCount(1);
  await page.mouse.move(0, 0);
  await expect(twin).not.toHaveClass(/--lit/);
  await twin.focus();
  await expect(one).toHaveClass(/--lit/);

  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`query=${common.index}&`));
});

test('the second search is set, swapped with the first, and kept in the address', async ({ page }) => {
  await page.goto('/?query=3&advanced=1&open=contrast');
  await expect(found(page, 'second')).toHaveCount(15);
  const settings = panel(page).getByRole('group', { name: 'The second search' });
  await settings.getByLabel('Layer').selectOption('6: block5c_add');
  await expect(page).toHaveURL(/other=\*block5c_add$/);
  await settings.getByLabel('Distance').selectOption('minkowski');
  await settings.getByLabel('p', { exact: true }).selectOption('1.5');
  await expect(page).toHaveURL(/other=\*block5c_add\*minkowski\*1.5$/);
  await expect(panel(page).getByRole('region', { name: 'Second search' })).toContainText('layer 6 (block5c_add); distance: Minkowski with p = 1.5');

  await settings.getByRole('button', { name: 'Swap' }).click();
  await expect(page).toHaveURL(/layer=block5c_add&metric=minkowski&p=1.5/);
  await expect(page).toHaveURL(/other=$/);
  await expect(panel(page).getByRole('region', { name: 'First search' })).toContainText('layer 6 (block5c_add)');
  await expect(panel(page).getByRole('region', { name: 'Second search' })).toContainText('layer 8 (top_activation)');
  await page.goBack();
  await expect(page).toHaveURL(/other=\*block5c_add\*minkowski\*1.5$/);
});

test('what the second search lacks is said, indexed from there, or chosen anew', async ({ page }) => {
  await page.goto('/?dataset=squares&query=1&advanced=1&open=contrast&other=****max');
  await panel(page).getByRole('button', { name: 'Index 3 pictures' }).click();
  await expect(found(page, 'second')).toHaveCount(2, { timeout: 45_000 });

  await page.goto('/?query=3&advanced=1&open=contrast&other=**cosin');
  await panel(page).getByRole('link', { name: 'Use cosine' }).click();
  await expect(panel(page).getByText('Both searches found the same 15 pictures.')).toBeVisible();

  await page.goto('/?query=3&advanced=1&open=contrast&other=%3Cb%3E*%22x%22*%F0%9F%A6%9C');
  await expect(panel(page).getByRole('alert')).toContainText('<b>');
  await panel(page).getByRole('link', { name: 'Choose the second search anew' }).click();
  await expect(found(page, 'second')).toHaveCount(15);

  await page.goto('/?query=3&advanced=1&open=contrast&other=vgg16');
  await expect(panel(page).getByRole('heading', { name: 'VGG16 is not installed' })).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(() => {
    test.use({ colorScheme, viewport: { width: colorScheme === 'light' ? 1440 : 390, height: 844 } });

    test(`side by side, axe finds nothing serious (${colorScheme})`, async ({ page }) => {
      await page.goto('/?query=3&advanced=1&open=contrast');
      await expect(found(page, 'second')).toHaveCount(15);
      await expectNothingSerious(page);
    });
  });
}
