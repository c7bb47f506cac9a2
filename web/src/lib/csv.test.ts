import { describe, expect, it } from 'vitest';
import { csv } from './csv';

describe('a table as CSV', () => {
  it.each([
    [['a', 1.5, -2, undefined], 'a,1.5,-2,'],
    [['say "hi", <b>', 'two\nlines', '🦜'], '"say ""hi"", <b>","two\nlines",🦜'],
    [['=SUM(1,2)', '+1', '-1', '@x', '\tx'], '"\'=SUM(1,2)",\'+1,\'-1,\'@x,\'\tx'],
    [['a=b', '', ' -1'], 'a=b,, -1'],
    [[], ''],
  ])('writes %j as %j', (row, text) => {
    expect(csv([row])).toBe(`${text}\r\n`);
  });

  it('has a line for each row', () => {
    expect(csv([['x'], [1]])).toBe('x\r\n1\r\n');
    expect(csv([])).toBe('');
  });
});
