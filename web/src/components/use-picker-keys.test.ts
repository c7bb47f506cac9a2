import { expect, it } from 'vitest';
import { cycled } from './use-picker-keys';

it.each([
  ['b', 1, 'c'],
  ['c', 1, 'a'],
  ['a', -1, 'c'],
  ['elsewhere', 1, 'a'],
  ['elsewhere', -1, 'c'],
])('from %s by %d comes %s', (at, step, next) => {
  expect(cycled(['a', 'b', 'c'], at, step)).toBe(next);
});

it('stays where there is nothing to go to', () => {
  expect(cycled([], 'a', 1)).toBe('a');
  expect(cycled(['a'], 'a', -1)).toBe('a');
});
