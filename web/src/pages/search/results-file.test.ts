import { expect, it } from 'vitest';
import type { SearchResult } from '../../api/types';
import { csv } from '../../lib/csv';
import { resultsJSON, resultsName, resultsTable } from './results-file';

const found: SearchResult = {
  dataset: 'pets', model: 'net', layer: 'top', metric: 'cosine', pool: 'avg', transform: 'none', elapsed_ms: 1.5,
  query: { index: 7, file: 'cat/a.jpg', class: 'cat' }, score: 100, same_class: 1,
  results: [{ rank: 1, index: 3, file: 'a "b", c.jpg', class: '=1+1', distance: 0.1234567890123, similarity: 0.8765432109877 }],
};

it('saves what was found as a table', () => {
  expect(csv(resultsTable(found))).toBe(
    `rank,index,file,class,distance,similarity\r\n1,3,"a ""b"", c.jpg",'=1+1,0.1234567890123,0.8765432109877\r\n`,
  );
});

it('saves what was found as the shell prints it', () => {
  const { elapsed_ms: elapsed, ...rest } = found;
  expect(elapsed).toBe(1.5);
  expect(JSON.parse(resultsJSON(found))).toEqual(rest);
});

it('names the file by the search', () => {
  expect(resultsName(found)).toBe('pets-7-net-top-cosine');
  expect(resultsName({ ...found, query: { picture: '0123' } })).toBe('pets-0123-net-top-cosine');
});
