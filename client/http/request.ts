import { Problem } from '../../contract/errors.ts';
import type { ErrorCode } from '../../contract/errors.ts';
import { publicPath } from '../../contract/route.ts';
import type { AnswerOf, Route } from '../../contract/route.ts';
import { backoffMs, requestBackoff } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import type { Patience } from '../deadline.ts';
import type { DebugLog } from '../debug-log.ts';
import { StreambedError, clientProblem, problemOf } from '../errors.ts';

/** The parts of a client that one request uses. */
export interface RequestContext {
  readonly baseUrl: string;
  readonly token: () => string | Promise<string>;
  readonly fetch: typeof fetch;
  /** Deadline of a try. */
  readonly patience: Patience;
  readonly clock: Clock;
  readonly debugLog?: DebugLog;
}

/** A call of a route with everything filled in. */
export interface RequestInput {
  readonly params: object;
  readonly query: object;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal | undefined;
  readonly repeatable: boolean;
}

const maxTries = 4;
/** Longest pause that a call waits for by itself. For a longer one the caller gets the error, so that the call does not seem to hang. */
const longestPauseMs = 20_000;

/** Sends a request, and retries where that is safe and can succeed. Throws StreambedError, or the reason of an aborted signal. */
export async function sendRequest<R extends Route>(context: RequestContext, route: R, input: RequestInput): Promise<AnswerOf<R>> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await sendOnce(context, route, input);
    } catch (error) {
      input.signal?.throwIfAborted();
      const pauseMs = pauseBeforeNext(context.clock, error, attempt);
      if (!input.repeatable || pauseMs === undefined) throw error;
      context.debugLog?.note('request-retried', { route: `${route.method} ${route.path}`, attempt: attempt + 1, reason: reasonOf(error) });
      await pause(context.clock, pauseMs, input.signal);
    }
  }
}

function pauseBeforeNext(clock: Clock, error: unknown, attempt: number): number | undefined {
  const { code, retryAfterSeconds } = problemOf(error);
  if (attempt + 1 >= maxTries || (code !== 'unavailable' && code !== 'rate_limited')) return undefined;
  const askedMs = (retryAfterSeconds ?? 0) * 1000;
  return askedMs > longestPauseMs ? undefined : askedMs + backoffMs(requestBackoff, attempt, clock);
}

function pause(clock: Clock, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clock.cancel(handle);
      reject(signal?.reason as Error);
    };
    const handle = clock.after(ms, () => {
      signal?.removeEventListener('abort', stop);
      resolve();
    });
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/** Sends one try. The deadline covers getting the token too, and a `fetch` that ignores its signal. */
async function sendOnce<R extends Route>(context: RequestContext, route: R, input: RequestInput): Promise<AnswerOf<R>> {
  const limit = new AbortController();
  const abort = (): void => limit.abort(input.signal?.reason);
  if (input.signal?.aborted) abort();
  input.signal?.addEventListener('abort', abort, { once: true });
  const { clock, patience } = context;
  const startedAt = clock.now();
  const timeoutMs = patience.deadlineMs();
  const timer = clock.after(timeoutMs, () => {
    patience.late();
    limit.abort(new Error(`no answer within ${timeoutMs} ms`));
  });
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  limit.signal.addEventListener('abort', () => reject(limit.signal.reason as Error), { once: true });
  if (limit.signal.aborted) reject(limit.signal.reason as Error);
  try {
    const answer = await Promise.race([exchange(context, route, input, limit.signal), aborted]);
    patience.answered(clock.now() - startedAt);
    return answer;
  } catch (error) {
    if (error instanceof StreambedError) throw error;
    if (error instanceof TokenFailure) throw error.cause;
    input.signal?.throwIfAborted();
    const why = limit.signal.aborted ? (limit.signal.reason as unknown) : error;
    throw new StreambedError(clientProblem('unavailable', `${route.method} ${route.path}: ${reasonOf(why)}`), error);
  } finally {
    clock.cancel(timer);
    input.signal?.removeEventListener('abort', abort);
  }
}

async function exchange<R extends Route>(
  context: RequestContext,
  route: R,
  input: RequestInput,
  signal: AbortSignal,
): Promise<AnswerOf<R>> {
  const token = route.auth === 'none' ? '' : await tokenOf(context);
  signal.throwIfAborted();
  const response = await context.fetch(addressOf(context.baseUrl, route, input), {
    method: route.method,
    headers: headersOf(input, token),
    signal,
    ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }),
  });
  return readAnswer(route, response, await response.text());
}

/** An error of the program's token function. It is passed on unchanged, and the request is not retried. */
class TokenFailure extends Error {}

async function tokenOf({ token }: RequestContext): Promise<string> {
  try {
    return await token();
  } catch (error) {
    throw new TokenFailure('no token', { cause: error });
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function addressOf(baseUrl: string, route: Route, input: RequestInput): string {
  const ids = new Map<string, unknown>(Object.entries(input.params));
  const path = publicPath(route).replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(textOf(ids.get(name))));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries<unknown>({ ...input.query })) if (value !== undefined) query.set(name, textOf(value));
  return baseUrl.replace(/\/+$/, '') + path + (query.size === 0 ? '' : `?${query.toString()}`);
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function headersOf(input: RequestInput, token: string): Record<string, string> {
  return {
    ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
    ...(input.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...input.headers,
  };
}

function readAnswer<R extends Route>(route: R, response: Response, text: string): AnswerOf<R> {
  const type = response.headers.get('content-type') ?? '';
  const isProblem = type.startsWith('application/problem+json');
  if (isProblem || !(response.status in route.answers)) throw new StreambedError(readProblem(route, response, text));
  const schema = route.answers[response.status];
  if (schema === undefined) return undefined as AnswerOf<R>;
  const parsed = schema.safeParse(type.includes('json') ? parseJson(text) : text);
  if (parsed.success) return parsed.data as AnswerOf<R>;
  const where = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw new StreambedError(clientProblem('internal', `the answer of ${route.method} ${route.path} is not of the contract: ${where}`));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Makes a problem of an error that is not of the functions (gateway, CDN): its body has another form, so the status decides. */
const codeOfStatus: Readonly<Record<number, ErrorCode>> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'too_large',
  429: 'rate_limited',
  500: 'internal',
};

function readProblem(route: Route, response: Response, text: string): Problem {
  const retryAfterSeconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  const more = Number.isFinite(retryAfterSeconds) && retryAfterSeconds >= 0 ? { retryAfterSeconds } : {};
  const parsed = Problem.safeParse(parseJson(text));
  if (parsed.success) return { ...more, ...parsed.data };
  const code = codeOfStatus[response.status] ?? (response.status > 500 ? 'unavailable' : 'internal');
  const requestId = response.headers.get('x-request-id') ?? '';
  return clientProblem(code, `${route.method} ${route.path} was answered with status ${response.status}`, { ...more, requestId });
}
