/** The index is down, slow, or full. The call had no effect that a retry would repeat. */
export class IndexUnavailable extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'IndexUnavailable';
  }
}

/** The HTTP status of a client error: its own field, or a part of its message. */
function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const { status } = error as { status?: unknown };
  if (typeof status === 'number') return status;
  const [, digits] = /^Unexpected Response: (\d{3})\b/.exec(error.message) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** Tells whether the collection does not exist. */
export const isMissing = (error: unknown): boolean => statusOf(error) === 404;

/** Tells whether the collection exists already. Servers before 1.8 answer 400. */
export const isTaken = (error: unknown): boolean => {
  const status = statusOf(error);
  return status === 409 || (status === 400 && /already exists/.test(describe(error)));
};

/**
 * Maps an error of the client. A rejected call is a bug here, and a retry cannot help, so it becomes a plain error. Everything else is
 * `IndexUnavailable`.
 */
export function asIndexError(error: unknown): Error {
  const status = statusOf(error);
  const isRefusal = status !== undefined && status >= 400 && status < 500 && status !== 404 && status !== 408 && status !== 429;
  if (isRefusal) return new Error(`The index refused a call: ${describe(error)}`, { cause: error });
  return new IndexUnavailable(`The index cannot be asked: ${describe(error)}`, error);
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { data } = error as { data?: { status?: { error?: unknown } } };
  const reason = data?.status?.error;
  return typeof reason === 'string' ? `${error.message}: ${reason}` : error.message;
}
