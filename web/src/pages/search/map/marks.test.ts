import { describe, expect, it } from 'vitest';
import { coloursOf, markOf, markPath, noClass, shapes } from './marks';

describe('the marks of classes', () => {
  it('are 168 different ones, and then begin anew', () => {
    const marks = Array.from({ length: 168 }, (_, i) => JSON.stringify(markOf(i)));
    expect(new Set(marks).size).toBe(168);
    expect(markOf(168)).toEqual(markOf(0));
  });

  it('differ in colour and in shape from class to class', () => {
    for (let i = 0; i < 200; i++) {
      expect(markOf(i).colour).not.toBe(markOf(i + 1).colour);
      expect(markOf(i).shape).not.toBe(markOf(i + 1).shape);
    }
  });

  it('are grey where there is no class', () => {
    expect(markOf(-1).colour).toBe(noClass);
    expect(coloursOf({ dark: false })[noClass]).toBe('#6f6f6f');
  });

  it.each([[false, 1], [true, 0.00802]])('stand out from the paper, dark: %s', (dark, paper) => {
    for (const colour of coloursOf({ dark }).slice(0, noClass + 1)) {
      const [low = 0, high = 0] = [luminance(colour), paper].sort((a, b) => a - b);
      expect((high + 0.05) / (low + 0.05)).toBeGreaterThanOrEqual(3);
    }
  });

  it('are of about the same size', () => {
    for (const shape of shapes) {
      const area = Math.abs(shape.reduce((sum, a, i) => {
        const b = shape[(i + 1) % shape.length] ?? a;
        return sum + (a.x * b.y - b.x * a.y) / 2;
      }, 0));
      expect(area).toBeGreaterThan(2.2);
      expect(area).toBeLessThan(3.6);
    }
  });

  it('are drawn as one ring for each edge', () => {
    expect([0, 56, 112].map((i) => markPath(markOf(i), 5).split('M').length - 1)).toEqual([1, 2, 3]);
  });
});

/** Relative luminance by WCAG 2. */
function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const c = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
