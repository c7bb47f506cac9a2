/** A request that is answered with a problem. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string;
  readonly near: readonly string[];

  constructor(status: number, code: string, detail: string, hint: string, near: readonly string[] = []) {
    super(detail);
    this.status = status;
    this.code = code;
    this.hint = hint;
    this.near = near;
  }
}

/** Of what only the program can do. */
export function needsProgram(what: string): Refusal {
  return new Refusal(501, 'not_exported', `this exported copy cannot ${what}`, 'the program itself can: convnet serve');
}

/** Of what the copy was made without; near are names that it has. */
export function notInCopy(what: string, near: readonly string[] = []): Refusal {
  return new Refusal(404, 'not_exported', `this exported copy was made without ${what}`, 'the program itself, convnet serve, can do the rest', near);
}

/** Of a name that means nothing. */
export function unknown(kind: string, name: string, near: readonly string[] = []): Refusal {
  return new Refusal(404, 'not_found', `there is no ${kind} “${name}” in this exported copy`, '', near);
}

/** Of a file that does not arrive. */
export function unreadable(address: string): Refusal {
  return new Refusal(503, 'unreachable', 'a file of this copy cannot be loaded', `${address} should be beside this page`);
}
