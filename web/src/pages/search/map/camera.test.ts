import { describe, expect, it } from 'vitest';
import { nearest, panned, Projection, seesAll, whole, within, zoomed } from './camera';

const size = { width: 800, height: 400 };
const extent = { x: 1, y: 0.5 };

describe('the camera', () => {
  it('shows the whole map with y upwards, as large as there is room', () => {
    const p = new Projection(whole, size, extent);
    expect(p.screenX(0)).toBe(400);
    expect(p.screenY(0)).toBe(200);
    expect(p.screenY(0.5)).toBeLessThan(200);
    const seen = p.seen(size);
    expect(seen.left).toBeLessThanOrEqual(-1);
    expect(seen.high).toBeGreaterThanOrEqual(0.5);
    expect(p.mapX(p.screenX(0.3))).toBeCloseTo(0.3);
    expect(p.mapY(p.screenY(-0.2))).toBeCloseTo(-0.2);
  });

  it('zooms towards a place, which stays where it is', () => {
    const before = new Projection(whole, size, extent);
    const place = { x: before.mapX(500), y: before.mapY(150) };
    const after = new Projection(zoomed(whole, 3, { x: 500, y: 150 }, size, extent), size, extent);
    expect(after.screenX(place.x)).toBeCloseTo(500);
    expect(after.screenY(place.y)).toBeCloseTo(150);
  });

  it('is dragged with the pointer', () => {
    const near = { x: 0, y: 0, zoom: 4 };
    const moved = panned(near, 30, -20, size, extent);
    expect(new Projection(moved, size, extent).screenX(0)).toBeCloseTo(430);
    expect(new Projection(moved, size, extent).screenY(0)).toBeCloseTo(180);
  });

  it('does not lose the map', () => {
    expect(panned(whole, 500, 500, size, extent)).toEqual(whole);
    expect(within({ x: 99, y: -99, zoom: 10 }, extent).x).toBeLessThan(1.1);
    expect(zoomed(whole, 1e9, { x: 0, y: 0 }, size, extent).zoom).toBe(nearest);
    expect(seesAll(zoomed({ x: 0.4, y: 0.1, zoom: 3 }, 1e-9, { x: 0, y: 0 }, size, extent))).toBe(true);
  });

  it('holds for maps of one place and for no room', () => {
    const p = new Projection(whole, { width: 0, height: 0 }, { x: 0, y: 0 });
    expect(Number.isFinite(p.screenX(0))).toBe(true);
    expect(Number.isFinite(p.scale)).toBe(true);
  });
});
