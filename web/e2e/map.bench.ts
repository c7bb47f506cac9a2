import { shuffledOrder } from '../src/lib/shuffle';
import { expect, test } from './playground';


const count = 50_000;
const classes = 40;
const seconds = 5;

/** Numbers that look random and are the same every time, 0 … 1. */
function numbers(seed: number): number[] {
  return shuffledOrder(count, seed).map((n) => n / count);
}

// The map of 50,000 points as the browser draws it: the set and its map are
// made up, everything else is the page as it is. With a screen's own graphics
// processor it is faster; DRAW=canvas measures the way without WebGL.
test('frames a second while 50,000 points are moved', async ({ page }) => {
  test.setTimeout(180_000);
  const [a, b, c] = [numbers(1), numbers(2), numbers(3)] as const;
  const classOf = (i: number) => i % classes;
  const spread = (i: number) => 0.3 * Math.sqrt(-2 * Math.log((a[i] ?? 0) + 1e-9));
  const x = a.map((_, i) => 4 * Math.cos(classOf(i) * 2.4) * Math.sqrt(classOf(i) + 1) + spread(i) * Math.cos(6.283 * (b[i] ?? 0)) * (0.5 + (c[i] ?? 0)));
  const y = a.map((_, i) => 4 * Math.sin(classOf(i) * 2.4) * Math.sqrt(classOf(i) + 1) + spread(i) * Math.sin(6.283 * (b[i] ?? 0)) * (0.5 + (c[i] ?? 0)));
  const images = Array.from({ length: count }, (_, index) => ({
    index, file: `${index}.jpg`, class: `class ${classOf(index)}`, title: '', width: 64, height: 64,
  }));
  const set = {
    name: 'stamps', title: 'Made up', description: '', licence: '', source: '', built_in: true, pulled: false, version: '0', problems: [], images,
    classes: Array.from({ length: classes }, (_, i) => ({ name: `class ${i}`, images: count / classes })),
  };
  const map = {
    dataset: 'stamps', model: 'efficientnet-lite0', layer: 'top_activation', pool: 'avg', transform: 'none', method: 'umap', metric: 'cosine',
    neighbours: 15, min_dist: 0.1, seed: 42, aligned: false, images: images.map(({ index }) => index), x, y,
  };
  await page.route('**/api/v1/datasets/stamps', (route) => route.fulfill({ json: set }));
  await page.route('**/api/v1/map?*', (route) => route.fulfill({ json: { map } }));
  await page.route('**/api/v1/datasets/stamps/{atlas,images}**', (route) => route.fulfill({ status: 404 }));
  if (process.env.DRAW === 'canvas') {
    await page.addInitScript(() => {
      const open = Object.getOwnPropertyDescriptor(HTMLCanvasElement.prototype, 'getContext')?.value as (this: HTMLCanvasElement, ...all: unknown[]) => unknown;
      HTMLCanvasElement.prototype.getContext = function refusing(this: HTMLCanvasElement, kind: string, ...rest: unknown[]) {
        return kind.startsWith('webgl') ? null : open.call(this, kind, ...rest);
      } as HTMLCanvasElement['getContext'];
    });
  }
  await page.goto('/?advanced=1&open=map&query=3');
  const plane = page.getByRole('application');
  await expect(page.locator('.legend__entry')).toHaveCount(classes, { timeout: 30_000 });
  await plane.scrollIntoViewIfNeeded();

  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable');
  const scriptTime = async () => (await cdp.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? 0;
  for (const [what, zoom] of [['whole map, dragged', 2], ['zoomed in and out', 0], ['near, dragged', 20]] as const) {
    const before = await scriptTime();
    const result = await plane.evaluate(async (host, [near, duration]) => {
      const { left, top, width, height } = host.getBoundingClientRect();
      const [px, py] = [left + width / 2, top + height / 2];
      const wheel = (by: number) => host.dispatchEvent(new WheelEvent('wheel', { deltaY: -Math.log2(by) / 0.003, clientX: px, clientY: py, bubbles: true, cancelable: true }));
      const pointer = (type: string, dx: number, dy: number) => host.dispatchEvent(new PointerEvent(type, { pointerId: 1, button: 0, clientX: px + dx, clientY: py + dy, bubbles: true }));
      host.setPointerCapture = () => undefined;
      wheel(1 / 4096);
      if (near > 0) {
        wheel(near);
        pointer('pointerdown', 0, 0);
      }
      const times: number[] = [];
      const begin = performance.now();
      await new Promise<void>((end) => {
        const step = (now: number) => {
          times.push(now);
          const turn = (now - begin) / 400;
          if (near > 0) pointer('pointermove', 120 * Math.sin(turn), 80 * Math.cos(turn));
          else wheel(Math.sin(turn) > 0 ? 1.06 : 1 / 1.06);
          if (now - begin < duration * 1000) requestAnimationFrame(step);
          else end();
        };
        requestAnimationFrame(step);
      });
      if (near > 0) pointer('pointerup', 0, 0);
      const frames = times.slice(1).map((time, i) => time - (times[i] ?? 0)).sort((p, q) => p - q);
      return { count: frames.length, fps: (1000 * frames.length) / frames.reduce((p, q) => p + q, 0), slowest: frames[Math.floor(frames.length * 0.95)] ?? 0 };
    }, [zoom, seconds] as const);
    const script = (1000 * (await scriptTime() - before)) / result.count;
    console.log(`${await plane.getAttribute('data-points')}, ${what}: ${result.fps.toFixed(0)} frames a second, 95 % within ${result.slowest.toFixed(0)} ms, of which scripts take ${script.toFixed(1)} ms`);
    expect(result.fps).toBeGreaterThan(1);
  }
});
