import { StreambedError } from '../client/errors.ts';

/** Exit codes, as shells and schedulers understand them. */
export const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** An expected failure: its message is for the person at the terminal and is printed without a stack. */
export class Failure extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode: number = exitCodes.failed) {
    super(message);
    this.name = 'Failure';
    this.exitCode = exitCode;
  }
}

/** Turns anything thrown into a `Failure`. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  if (thrown instanceof StreambedError) {
    const { problem } = thrown;
    const id = problem.requestId === '' ? '' : ` (request ${problem.requestId})`;
    if (problem.code === 'not_found') return new Failure(`There is no such workspace for this API key${id}.`);
    return new Failure(`${thrown.message}${id}`);
  }
  if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT' && 'path' in thrown)
    return new Failure(`There is no file ${String(thrown.path)}.`);
  if (thrown instanceof Error && 'code' in thrown && thrown.code === 'EACCES' && 'path' in thrown)
    return new Failure(`${String(thrown.path)} may not be read or written.`);
  return new Failure(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
}
