import { errorKinds, problemType } from '../contract/errors.ts';
import type { ErrorCode, Problem } from '../contract/errors.ts';

/** Every failure of the client: the problem that the server sent (RFC 9457), or a problem of the client itself when no answer came. */
export class StreambedError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem, cause?: unknown) {
    super(
      problem.detail === undefined ? problem.title : `${problem.title}: ${problem.detail}`,
      cause === undefined ? undefined : { cause },
    );
    this.name = 'StreambedError';
    this.problem = problem;
  }
}

/** Makes a problem that the client itself found. It has no request id, because no server has seen it. */
export function clientProblem(code: ErrorCode, detail: string, more: Partial<Problem> = {}): Problem {
  const { status, title, retry } = errorKinds[code];
  return { type: problemType(code), title, status, detail, code, retry, requestId: '', ...more };
}

/** Returns the problem inside any thrown value. */
export function problemOf(error: unknown): Problem {
  if (error instanceof StreambedError) return error.problem;
  return clientProblem('internal', error instanceof Error ? error.message : String(error));
}
