import { describe, expect, it } from 'vitest';
import { mapDefaults, parseMap, writeMap, type MapSettings } from './map';

describe('the map in the URL', () => {
  it('is nothing where all is as by default', () => {
    expect(writeMap(mapDefaults)).toBeNull();
    expect(parseMap(undefined)).toEqual(mapDefaults);
    expect(parseMap('')).toEqual(mapDefaults);
  });

  it.each<[string, MapSettings]>([
    ['pca_apart', { ...mapDefaults, method: 'pca', aligned: false }],
    ['n30_d0.25_s7_aligned_marks', { ...mapDefaults, neighbours: 30, minDist: 0.25, seed: 7, aligned: true, pictures: false }],
    ['c.0.3.11', { ...mapDefaults, classes: [0, 3, 11] }],
    ['c', { ...mapDefaults, classes: [] }],
    ['c.-1.2', { ...mapDefaults, classes: [-1, 2] }],
    ['x0.25_y-0.5_z4.5', { ...mapDefaults, camera: { x: 0.25, y: -0.5, zoom: 4.5 } }],
    ['d0_s9007199254740991', { ...mapDefaults, minDist: 0, seed: 9007199254740991 }],
  ])('is written and read: %s', (text, map) => {
    expect(writeMap(map)).toBe(text);
    expect(parseMap(text)).toEqual(map);
  });

  it.each(['zoom', 'n', 'nan', 's-1', 's1.5', 'd1e9', 'z1', 'z-4', 'x9', 'c.a', 'c.1.', '__', '<b>', 'aligne\u0000d', 's99999999999999999'])('passes over what says nothing of use: %s', (text) => {
    expect(parseMap(text)).toEqual(mapDefaults);
  });

  it('keeps numbers that the server will refuse, so that it can say so', () => {
    expect(parseMap('n9999_d7')).toMatchObject({ neighbours: 9999, minDist: 7 });
  });

  it('shortens what a camera does not need', () => {
    expect(writeMap({ ...mapDefaults, camera: { x: 1 / 3, y: -1e-9, zoom: 2.0000004 } })).toBe('x0.333333_y0_z2');
  });
});
