import { shuffledOrder } from '../src/lib/shuffle';
import { expect, indexed, test } from './playground';

const layers = 16;

// From the click on a picture to the last of the bars, both networks at their
// eight layers, on the page as it is.
test('all layers compared after a click', async ({ page, playground, request }) => {
  test.setTimeout(180_000);
  await indexed(playground.address);
  await request.post('/api/v1/indexes', { data: { dataset: 'stamps', model: 'efficientnet-lite2', pool: 'avg' } });
  await expect.poll(async () => (await request.get('/api/v1/search?model=efficientnet-lite2')).status(), { timeout: 90_000 }).toBe(200);
  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  const streams = new Set<string>();
  const bytes: number[] = [];
  network.on('Network.responseReceived', ({ requestId, response }) => { if (response.url.includes('/compare/events')) streams.add(requestId); });
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => { if (streams.has(requestId)) bytes.push(encodedDataLength); });
  await page.goto('/?query=3&advanced=1&open=compare');
  await expect(page.locator('a.chart__slot')).toHaveCount(layers);

  const times: number[] = [];
  for (let click = 0; click < 20; click++) {
    times.push(await page.evaluate(async ([nth, all]) => {
      const link = document.querySelectorAll<HTMLElement>('.grid [data-image]:not([aria-current])')[nth];
      const panel = document.querySelector('#panel-compare');
      if (!link || !panel) throw new Error('the page is not as it was');
      const begin = performance.now();
      let asked = false;
      await new Promise<void>((done) => {
        const observer = new MutationObserver(() => {
          const busy = panel.querySelector('.compare__progress p')?.getAttribute('aria-busy') !== 'false';
          asked ||= busy;
          if (!asked || busy || panel.querySelectorAll('a.chart__slot').length < all) return;
          observer.disconnect();
          done();
        });
        observer.observe(panel, { subtree: true, childList: true, attributes: true });
        link.click();
      });
      return performance.now() - begin;
    }, [click, layers] as const));
  }
  times.sort((a, b) => a - b);
  console.log(`${layers} layers compared after a click: median ${times[10]?.toFixed(0)} ms, slowest of 20 ${times.at(-1)?.toFixed(0)} ms, at most ${Math.max(...bytes)} bytes`);
  expect(Math.max(...bytes)).toBeLessThan(100_000);
});

// Whole-set scores of 50,000 pictures: the set and its scores are made up.
test('the scores of 50,000 pictures are drawn and pointed at', async ({ page }) => {
  test.setTimeout(180_000);
  const count = 50_000;
  const classes = 40;
  const images = Array.from({ length: count }, (_, index) => ({ index, file: `${index}.jpg`, class: `class ${index % classes}`, title: '', width: 64, height: 64 }));
  const set = {
    name: 'stamps', title: 'Made up', description: '', licence: '', source: '', built_in: true, pulled: false, version: '0', problems: [], images,
    classes: Array.from({ length: classes }, (_, i) => ({ name: `class ${i}`, images: count / classes })),
  };
  const names = ['stem_conv', 'block2a_expand_conv', 'block2b_add', 'block3b_add', 'block4c_add', 'block5c_add', 'block6d_add', 'top_activation'];
  const rows = names.map((layer, l) => ({
    model: 'efficientnet-lite0', layer, queries: count, weighted_score: 50, precision_at_1: 0.5, precision_at_15: 0.5, mean_average_precision: 0.5, ndcg: 0.5,
    interval: { low: 49, high: 51 }, scores: shuffledOrder(count, l).map((n) => (Math.floor((n / count) ** 2 * 121) * 100) / 120),
  }));
  const events = [...rows.map((row) => ['row', row] as const), ['done', { dataset: 'stamps', metric: 'cosine', pool: 'avg', transform: 'sqrt-center', top: 15, rows: [], best: [], missing: [] }] as const];
  await page.route('**/api/v1/datasets/stamps', (route) => route.fulfill({ json: set }));
  await page.route('**/api/v1/datasets/stamps/images/**', (route) => route.fulfill({ status: 404 }));
  await page.route('**/api/v1/compare/scores/events?*', (route) => route.fulfill({
    contentType: 'text/event-stream',
    body: events.map(([name, data], i) => `id: ${i + 1}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join(''),
  }));
  const begin = Date.now();
  await page.goto('/?advanced=1&open=scores&query=3');
  const charts = page.getByRole('slider');
  await expect(charts).toHaveCount(names.length, { timeout: 60_000 });
  await expect(page.getByText('8 layers scored', { exact: true })).toBeVisible({ timeout: 60_000 });
  console.log(`8 layers of ${count} scores drawn ${Date.now() - begin} ms after the page was asked for`);
  await charts.first().scrollIntoViewIfNeeded();
  const moves = await charts.first().evaluate(async (chart) => {
    const { left, bottom, width } = chart.getBoundingClientRect();
    const times: number[] = [];
    for (let i = 0; i < 60; i++) {
      await new Promise((next) => { requestAnimationFrame(next); });
      const start = performance.now();
      const target = chart.querySelector('canvas') ?? chart;
      target.dispatchEvent(new PointerEvent('pointermove', { clientX: left + (i / 60) * width, clientY: bottom - 3, bubbles: true, pointerType: 'mouse' }));
      await new Promise((next) => { requestAnimationFrame(next); });
      times.push(performance.now() - start);
    }
    return times.sort((a, b) => a - b);
  });
  console.log(`pointed at: median ${moves[30]?.toFixed(0)} ms, 95 % within ${moves[57]?.toFixed(0)} ms to the next frame`);
});
