/** The index cannot be asked now: it is down, slow, or has no room. Nothing was lost by it; the same call later is safe. */
export class IndexUnavailable extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'IndexUnavailable';
  }
}

/** The client puts the status of an answer into an error of its own, or into its text only. */
function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const { status } = error as { status?: unknown };
  if (typeof status === 'number') return status;
  const [, digits] = /^Unexpected Response: (\d{3})\b/.exec(error.message) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** The collection is not there. */
export const isMissing = (error: unknown): boolean => statusOf(error) === 404;

/** The collection is there already. Servers before 1.8 say it with 400. */
export const isTaken = (error: unknown): boolean => {
  const status = statusOf(error);
  return status === 409 || (status === 400 && /already exists/.test(describe(error)));
};

/** What the call was refused for is a fault of ours, which no repetition mends: it is thrown as it is. Everything else is the index being away. */
export function asIndexError(error: unknown): Error {
  const status = statusOf(error);
  const isRefusal = status !== undefined && status >= 400 && status < 500 && status !== 404 && status !== 408 && status !== 429;
  if (isRefusal) return new Error(`The index refused a call: ${describe(error)}`, { cause: error });
  return new IndexUnavailable(`The index cannot be asked: ${describe(error)}`, error);
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { data } = error as { data?: { status?: { error?: unknown } } };
  const said = data?.status?.error;
  return typeof said === 'string' ? `${error.message}: ${said}` : error.message;
}
