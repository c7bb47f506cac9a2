import createClient from 'openapi-fetch';
import { readProblem, unreachable } from './problem';
import type { paths } from './schema';
import { exported } from './site';

/** The typed client of the API. Its answers go through `answer`, which turns failures into ApiErrors. */
export const client = createClient<paths>(exported ? { fetch: fromFiles } : {});

let answers: Promise<(request: Request) => Promise<Response>> | null = null;

/** Answers a request where there is no server. */
async function fromFiles(request: Request): Promise<Response> {
  answers ??= import('./exported/answer').then(({ answering }) => answering('data'));
  return (await answers)(request);
}

interface Fetched<T> {
  data?: T | undefined;
  error?: unknown;
  response: Response;
}

/** The data of a request's answer; throws an ApiError for anything but success. */
export async function answer<T>(request: Promise<Fetched<T>>): Promise<T> {
  const { data, error, response } = await request.catch((cause: unknown) => {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw unreachable();
  });
  if (data === undefined) throw readProblem(response.status, error);
  return data;
}
