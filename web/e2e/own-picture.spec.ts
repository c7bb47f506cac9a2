import type { Page } from '@playwright/test';
import { bmp } from './pictures';
import { expect, indexed, results, test } from './playground';

const picture = { name: 'mine.bmp', mimeType: 'image/bmp', buffer: bmp(120, 80, 0xcc3311) };

test.beforeAll(({ playground }) => indexed(playground.address));

test.beforeEach(async ({ page }) => {
  await page.goto('/');
  await results(page);
});

test('a chosen picture is searched with, and has no score', async ({ page }) => {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Your picture' }).click();
  await (await chooser).setFiles(picture);

  await expectOwnResults(page);
  await expect(page.getByText('No search score')).toBeVisible();
  await page.getByRole('button', { name: 'Why is there no search score?' }).click();
  await expect(page.getByText('This picture has no category')).toBeVisible();

  await page.reload();
  await expectOwnResults(page);
});

test('a dropped picture is searched with', async ({ page }) => {
  const files = await fileTransfer(page, picture.buffer, 'image/bmp');
  await page.dispatchEvent('body', 'dragenter', { dataTransfer: files });
  await expect(page.getByText('Drop the picture to search with it')).toBeVisible();
  await page.dispatchEvent('body', 'drop', { dataTransfer: files });
  await expect(page.getByText('Drop the picture to search with it')).toBeHidden();
  await expectOwnResults(page);
});

test('a pasted picture is searched with', async ({ page }) => {
  const files = await fileTransfer(page, picture.buffer, 'image/bmp');
  await page.evaluate(
    (clipboardData) => document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true })),
    files,
  );
  await expectOwnResults(page);
});

test('a file that is no picture is refused with a reason, and the results stay', async ({ page }) => {
  const before = await results(page);
  await page.getByTestId('own-picture').setInputFiles({
    name: 'notes.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('these are only words'),
  });
  const alert = page.getByRole('alert');
  await expect(alert).toContainText(/JPEG/);
  expect(await results(page)).toEqual(before);
  await alert.getByRole('button', { name: 'Close' }).click();
  await expect(alert).toBeHidden();
});

test('a file that is too large is not even sent', async ({ page }) => {
  let sent = false;
  await page.route('**/api/v1/pictures', (route) => {
    sent = true;
    return route.continue();
  });
  await page.getByTestId('own-picture').setInputFiles({
    name: 'huge.jpg', mimeType: 'image/jpeg', buffer: Buffer.alloc(33 * 1024 * 1024),
  });
  await expect(page.getByRole('alert')).toContainText('at most 32 MB');
  expect(sent).toBe(false);
});

async function expectOwnResults(page: Page): Promise<void> {
  await expect(page).toHaveURL(/\?picture=[0-9a-f]{16}$/);
  await expect(page.getByRole('heading', { name: 'Your picture' })).toBeVisible();
  expect(await results(page)).toHaveLength(15);
  await expect(page).toHaveTitle(/^Your picture/);
}

function fileTransfer(page: Page, content: Buffer, type: string) {
  return page.evaluateHandle(
    ([base64, mime]) => {
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], 'picture', { type: mime }));
      return transfer;
    },
    [content.toString('base64'), type] as const,
  );
}
