import { describe, expect, it } from 'vitest';
import { altText, className, count, duration, fileName, pictureName, pictures, short, similarity } from './format';

describe('formats', () => {
  it('writes counts', () => {
    expect(count(50000)).toBe('50,000');
    expect(pictures(1)).toBe('1 picture');
    expect(pictures(204)).toBe('204 pictures');
    expect([999, 3584, 4652008].map(short)).toEqual(['999', '3.6 k', '4.7 M']);
  });

  it('writes similarities that are not all zero', () => {
    expect([1, 0.876, 0.1, 0.0123, 0.00012, 0, -0.25].map(similarity)).toEqual(
      ['1.00', '0.88', '0.10', '0.012', '0.00012', '0.00', '-0.25'],
    );
  });

  it('writes lengths of time', () => {
    expect([0.84, 12.4, 999, 5000, 200_000].map(duration)).toEqual(['0.8 ms', '12 ms', '999 ms', '5 s', '3 min']);
  });

  it('names pictures', () => {
    expect(fileName('bird/adelaide-rosella.jpg')).toBe('adelaide-rosella.jpg');
    expect(pictureName('bird/adelaide-rosella.jpg')).toBe('adelaide rosella');
    expect(className('carnivore_mammal')).toBe('carnivore mammal');
    expect(altText({ class: 'carnivore_mammal', file: 'carnivore_mammal/lion.jpg' })).toBe('carnivore mammal, lion.jpg');
    expect(altText({ class: '', file: 'IMG_1.jpg' })).toBe('IMG_1.jpg');
  });
});
