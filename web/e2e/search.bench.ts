import { expect, serve, test } from './playground';

// From the click on a picture of the set to the results of the search, with
// another set of 50,000 pictures too: DATA names a data directory that holds
// it, indexed, and SET its name.
const { DATA: data, SET: set = 'stamps' } = process.env;

const clicks = 20;

test('time from a click to the results', async ({ page, playground }) => {
  test.setTimeout(180_000);
  const server = data === undefined ? null : await serve(data);
  await page.goto(`${(server ?? playground).address}/?dataset=${set}&query=3`);
  await expect(page.locator('.results__body img').first()).toBeVisible({ timeout: 60_000 });
  await page.waitForLoadState('networkidle');

  const times: number[] = [];
  for (let i = 0; i < clicks; i++) {
    times.push(await page.evaluate(async (at) => {
      const found = () => Array.from(document.querySelectorAll<HTMLImageElement>('.results__body img'), ({ src }) => src).join();
      const before = found();
      const begin = performance.now();
      document.querySelectorAll<HTMLAnchorElement>('.pictures a')[at]?.click();
      while (found() === before || document.querySelector('.results__body')?.getAttribute('aria-busy') === 'true') {
        await new Promise((next) => { setTimeout(next, 1); });
      }
      await new Promise((next) => { requestAnimationFrame(next); });
      return performance.now() - begin;
    }, i + 5));
    await page.waitForLoadState('networkidle');
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => (times[Math.floor(share * (times.length - 1))] ?? NaN).toFixed(0);
  console.log(`${set}: from the click to the results: median ${at(0.5)} ms, slowest ${at(1)} ms of ${clicks}`);
  await server?.stop();
});
