import { expect, indexed, results, test } from './playground';

test.beforeAll(({ playground }) => indexed(playground.address));

test('an unknown dataset is named, with the way to a known one', async ({ page }) => {
  await page.goto('/?dataset=stmps&query=3');
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('stmps');
  await alert.getByRole('link', { name: 'Use stamps' }).click();
  await expect(page).toHaveURL('/');
  expect(await results(page)).toHaveLength(15);
});

test.describe('an unknown name in the address is named, with a way out', () => {
  for (const address of ['/?layer=top_activatio&query=3', '/?model=efficientnet-lite9&query=3', '/?metric=cosin&query=3', '/?pool=avrg', '/?transform=center2', '/?query=99999', '/?picture=0123456789abcdef']) {
    test(address, async ({ page }) => {
      await page.goto(address);
      const alert = page.getByRole('alert');
      await expect(alert).toBeVisible();
      await expect(alert.getByRole('button', { name: 'Retry' })).toBeVisible();
      await alert.getByRole('link', { name: 'Start over with the defaults' }).click();
      await expect(page).toHaveURL('/');
      expect(await results(page)).toHaveLength(15);
    });
  }

  test('a near name repairs the search', async ({ page }) => {
    await page.goto('/?layer=top_activatio&query=3');
    await page.getByRole('link', { name: 'Use top_activation' }).click();
    expect(await results(page)).toHaveLength(15);
    await expect(page).toHaveURL(/query=3/);
  });
});

test('a server that does not answer is said to be so, and Retry helps', async ({ page }) => {
  await page.goto('/?query=3&advanced=1');
  await results(page);
  await page.route('**/api/v1/search?*', (route) => route.abort());
  await page.getByRole('radio', { name: 'Euclidean', exact: true }).check();
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('The server does not answer', { timeout: 20_000 });
  await page.unroute('**/api/v1/search?*');
  await alert.getByRole('button', { name: 'Retry' }).click();
  expect(await results(page)).toHaveLength(15);
});

test('what is on its way is shown as such', async ({ page }) => {
  await page.route('**/api/v1/datasets/stamps', async (route) => {
    await new Promise((later) => setTimeout(later, 1000));
    await route.continue();
  });
  await page.goto('/');
  await expect(page.locator('.tile__picture.skeleton')).toHaveCount(15);
  await expect(page.locator('.grid--skeleton')).toBeVisible();
  expect(await results(page)).toHaveLength(15);
});

test('pictures without categories have no score, and files left out are listed', async ({ page }) => {
  await page.goto('/?dataset=plain');
  await page.getByRole('button', { name: 'Index 3 pictures' }).click();
  expect(await results(page)).toHaveLength(2);
  await expect(page.getByText('No search score')).toBeVisible();
  await page.getByText('1 picture could not be read and was left out').click();
  await expect(page.getByText('notes.jpg')).toBeVisible();
});

test('a picture that is alone in its set has nothing beside it', async ({ page }) => {
  await page.goto('/?dataset=single');
  await page.getByRole('button', { name: 'Index 1 picture' }).click();
  await expect(page.getByText('There is no other picture in this set.')).toBeVisible();
});

test('an address without a page says so', async ({ page }) => {
  await page.goto('/no-such-page');
  await expect(page.getByRole('alert')).toContainText('no page at this address');
  await page.getByRole('link', { name: 'Go to the search' }).click();
  expect(await results(page)).toHaveLength(15);
});
