import type * as z from 'zod';
import { errorKinds, problemType } from '../../contract/errors.ts';
import type { ErrorCode, FieldError, Problem } from '../../contract/errors.ts';

/** The only error meant for callers. Any other thrown error becomes `internal` or `unavailable` and reveals no internals. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly errors: readonly FieldError[] | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly conflict: Problem['conflict'];
  /** Response headers that belong to the error, such as Allow. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ErrorCode,
    detail?: string,
    more: {
      errors?: FieldError[];
      retryAfterSeconds?: number;
      headers?: Record<string, string>;
      conflict?: Problem['conflict'];
    } = {},
  ) {
    super(detail ?? errorKinds[code].title);
    this.name = 'AppError';
    this.code = code;
    this.errors = more.errors;
    this.retryAfterSeconds = more.retryAfterSeconds;
    this.conflict = more.conflict;
    this.headers = more.headers ?? {};
  }
}

/** Converts any thrown value to an error that is safe to show to a caller. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (isRevokedToken(thrown)) {
    const headers = { 'www-authenticate': 'Bearer error="invalid_token"' };
    return new AppError('unauthenticated', 'The token was revoked. Get a new token and try again.', { headers });
  }
  if (isUnavailable(thrown))
    return new AppError('unavailable', 'A part of the service did not answer; nothing was lost. Try again.', { retryAfterSeconds: 1 });
  return new AppError('internal', 'Nothing of it is your doing. Tell us the requestId if it stays.', { retryAfterSeconds: 5 });
}

export function toProblem(error: AppError, requestId: string, instance?: string): Problem {
  const kind = errorKinds[error.code];
  return {
    type: problemType(error.code),
    title: kind.title,
    status: kind.status,
    ...(error.message !== kind.title && { detail: error.message }),
    ...(instance !== undefined && { instance }),
    code: error.code,
    retry: kind.retry,
    ...(error.retryAfterSeconds !== undefined && { retryAfterSeconds: error.retryAfterSeconds }),
    ...(error.errors && { errors: [...error.errors] }),
    ...(error.conflict && { conflict: error.conflict }),
    requestId,
  };
}

/** Lists the bad fields of a failed parse, each with its path below `root` (`body.text`). Unknown fields are listed one by one. */
export function fieldErrors(root: string, error: z.ZodError): FieldError[] {
  return error.issues.slice(0, 20).flatMap((issue) => errorsOf(root, issue));
}

type Issue = z.core.$ZodIssue;

function errorsOf(root: string, issue: Issue): FieldError[] {
  const path = [root, ...issue.path.map(String)].join('.');
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ path: `${path}.${key}`, message: 'is not a known field' }));
  const meant = issue.code === 'invalid_union' ? branchMeant(issue.errors) : undefined;
  if (meant) return meant.flatMap((inner) => errorsOf(path, inner));
  return [{ path, message: issue.message }];
}

/** Selects the union branch that the caller most likely meant: one whose `...Type` field matches, then the one with the fewest issues. */
function branchMeant(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const isOtherType = (issues: readonly Issue[]): boolean =>
    issues.some(({ path }) => path.length === 1 && String(path[0]).endsWith('Type'));
  const fitting = branches.filter((issues) => !isOtherType(issues));
  if (fitting.length > 0) return fitting.toSorted((a, b) => a.length - b.length)[0];
  const wrongType = branches.at(-1)?.filter(({ path }) => String(path[0]).endsWith('Type'));
  return wrongType?.length === 0 ? undefined : wrongType;
}

/** Tests for a violation of a unique index. */
export const isDuplicate = (thrown: unknown): boolean => thrown instanceof Error && 'code' in thrown && thrown.code === '23505';

/** Tests for the refusal of a transaction whose caller's token was revoked (`enter_workspace` in 0011). */
const isRevokedToken = (thrown: unknown): boolean => thrown instanceof Error && 'code' in thrown && thrown.code === 'SBTOK';

const unavailableSystemCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH', 'EAI_AGAIN']);
/**
 * SQL states of a temporary failure: connection trouble (08), shutting down or starting (57P), out of room (53), serialization and deadlock
 * (40), statement time-out.
 */
const unavailableSqlStates = /^(08...|57P0.|53...|40001|40P01|57014|55P03)$/;
const unavailableMessages =
  /connection terminated|timeout expired|timeout exceeded when trying to connect|connection ended unexpectedly|client has encountered a connection error|not queryable|socket hang up/i;

/** Tests for the failure of a dependency that may recover soon, as opposed to an error in our own logic. */
export function isUnavailable(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  if (unavailableSystemCodes.has(code) || unavailableSqlStates.test(code) || unavailableMessages.test(thrown.message)) return true;
  if (statusOf(thrown) >= 500) return true;
  if (thrown.name === 'TimeoutError' || ('$retryable' in thrown && thrown.$retryable !== undefined)) return true;
  return thrown instanceof AggregateError ? thrown.errors.some(isUnavailable) : thrown.cause !== undefined && isUnavailable(thrown.cause);
}

/** HTTP status of an AWS service's answer; 0 for errors without one. */
function statusOf(thrown: Error): number {
  const metadata = '$metadata' in thrown ? (thrown.$metadata as { httpStatusCode?: number }) : {};
  return metadata.httpStatusCode ?? 0;
}
