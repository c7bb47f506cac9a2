/** Why a request failed, in words for people. Everything that the API layer throws is one of these. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly hint: string;
  /** Names similar to one that is unknown. */
  readonly near: readonly string[];

  constructor(problem: {
    status: number;
    code: string;
    title: string;
    detail: string;
    hint?: string;
    near?: readonly string[];
  }) {
    super(`${problem.title}: ${problem.detail}`);
    this.status = problem.status;
    this.code = problem.code;
    this.title = problem.title;
    this.detail = problem.detail;
    this.hint = problem.hint ?? '';
    this.near = problem.near ?? [];
  }
}

/** The server could not be reached at all. */
export function unreachable(): ApiError {
  return new ApiError({
    status: 0,
    code: 'unreachable',
    title: 'The server does not answer',
    detail: 'The page is still here, but the program behind it cannot be reached.',
    hint: 'Check that “convnet serve” is running, then retry.',
  });
}

/** The server broke off in the middle of an answer. */
export function brokenOff(): ApiError {
  return new ApiError({
    status: 0,
    code: 'unreachable',
    title: 'The server stopped answering',
    detail: 'What had come until then is shown.',
    hint: 'Check that “convnet serve” is running, then retry.',
  });
}

/**
 * Reads the body of a failed answer, which should be a problem document but may
 * be anything. The document's title is only the status' name, so its detail
 * takes the place of the title, and its hint that of the detail.
 */
export function readProblem(status: number, body: unknown): ApiError {
  const problem = isRecord(body) ? body : {};
  const detail = text(problem.detail);
  const hint = text(problem.hint) ?? '';
  return new ApiError({
    status,
    code: text(problem.code) ?? 'unknown',
    title: detail ? sentence(detail) : 'The request failed',
    detail: detail ? sentence(hint) : `The server answered with status ${status}.`,
    near: Array.isArray(problem.near) ? problem.near.filter((name) => typeof name === 'string') : [],
  });
}

/** Any thrown value as an ApiError. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError({
    status: 0,
    code: 'unknown',
    title: 'Something went wrong on this page',
    detail: error instanceof Error ? error.message : String(error),
    hint: 'Reload the page.',
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A message of the server with its first letter as sentences have it. */
export function sentence(message: string): string {
  return message.charAt(0).toUpperCase() + message.slice(1);
}
