import { describe, expect, it } from 'vitest';
import { ApiError, asApiError, readProblem, unreachable } from './problem';

describe('problems of the API', () => {
  it('carry the code and the near names, and say what failed and what to do', () => {
    const error = readProblem(404, {
      type: 'about:blank', title: 'Not Found', status: 404, code: 'not_found',
      detail: 'dataset "stmps": there is none', hint: 'see GET /datasets', near: ['stamps'],
    });
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      status: 404, code: 'not_found', title: 'Dataset "stmps": there is none', detail: 'See GET /datasets', near: ['stamps'],
    });
    expect(error.message).toContain('stmps');
  });

  it.each([[undefined], [null], ['<html>bad gateway</html>'], [42], [{ near: 'no list', title: '', code: 7 }]])(
    'are made of %j too',
    (body) => {
      expect(readProblem(502, body)).toMatchObject({
        status: 502, code: 'unknown', title: 'The request failed', hint: '', near: [],
        detail: 'The server answered with status 502.',
      });
    },
  );

  it('are kept as they are, and made of other errors', () => {
    const problem = unreachable();
    expect(asApiError(problem)).toBe(problem);
    expect(asApiError(new RangeError('odd'))).toMatchObject({ code: 'unknown', detail: 'odd' });
    expect(asApiError('odd')).toMatchObject({ detail: 'odd' });
  });
});
