import middy from '@middy/core';
import httpRouter from '@middy/http-router';
import httpSecurityHeaders from '@middy/http-security-headers';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { newId } from '../../contract/ids.ts';
import type { BodyOf, ParamsOf, QueryOf, Route } from '../../contract/route.ts';
import { errorKinds } from '../../contract/errors.ts';
import { originHeader } from '../../contract/names.ts';
import type { App } from './app.ts';
import { authenticate, hasToken, requireScope } from './authenticate.ts';
import type { AuthApp, Caller, CallerOf } from './authenticate.ts';
import { AppError, toAppError, toProblem } from './errors.ts';
import { readInput } from './http-input.ts';
import type { RequestHeaders } from './http-input.ts';
import { log, takeColdStart } from './log.ts';
import { metrics } from './metrics.ts';

/** Input of a route's use case: path, query and body in one flat object, and the request headers that the route accepts. */
export type InputOf<R extends Route> = ParamsOf<R> & QueryOf<R> & (BodyOf<R> extends undefined ? unknown : BodyOf<R>) & RequestHeaders;

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Served {
  readonly route: Route;
  readonly serve: (input: never, caller: never) => Promise<Answer>;
}

/** Creates one row of a deployed file's route table. */
export function on<R extends Route>(route: R, serve: (input: InputOf<R>, caller: CallerOf<R['auth']>) => Promise<Answer>): Served {
  return { route, serve };
}

/** Creates a plain 200 answer; `etag` is the position of the last change. */
export function ok(body: unknown, more: { status?: number; etag?: number } = {}): Answer {
  return { status: more.status ?? 200, body, ...(more.etag !== undefined && { headers: { etag: `"${more.etag}"` } }) };
}

/** Dependencies of the chain itself. */
type HttpApp = AuthApp & Pick<App, 'origin'>;
type Event = APIGatewayProxyEventV2;
type Result = APIGatewayProxyStructuredResultV2;

/**
 * Middleware chain of HTTP routes: request id, log line, problem+json, security headers, the check that the request comes through the front,
 * routing with 405, authentication, parsing, the use case.
 */
export function httpHandler(app: HttpApp, table: readonly Served[]) {
  const router = httpRouter({
    routes: table.map((row) => ({
      method: row.route.method,
      path: row.route.path,
      handler: (event: Event) => serve(app, row, event),
    })),
    notFoundResponse: ({ path }: { path: string }) => {
      throw wrongAddress(table, path);
    },
  });
  return (
    middy<Event, Result>()
      .use(
        httpSecurityHeaders({
          contentSecurityPolicy: {
            'default-src': "'none'",
            'style-src': "'unsafe-inline'",
            'frame-ancestors': "'none'",
            'base-uri': "'none'",
            'form-action': "'self'",
          },
        }),
      )
      // Middleware runs in reverse order on the way out: the error answer is built before the security headers are added to it.
      .use(aroundRequest())
      .use(behindFront(app))
      .handler(router)
  );
}

async function serve(app: HttpApp, row: Served, event: Event): Promise<Result> {
  const { route } = row;
  log.appendKeys({ route: `${route.method} ${route.path}` });
  const caller = await authenticateFor(app, route, event.headers.authorization);
  if (caller.kind !== 'anyone')
    log.appendKeys({ workspaceId: caller.workspaceId, ...(caller.kind === 'user' && { userId: caller.userId }) });
  requireOwnWorkspace(caller, event.pathParameters?.workspaceId);
  requireScope(caller, route.scope);
  const input = readInput(route, event);
  if ('streamId' in input) log.appendKeys({ streamId: input.streamId });
  const answer = await row.serve(input as never, caller as never);
  const html = route.produces !== undefined;
  return {
    statusCode: answer.status,
    headers: {
      'content-type': route.produces ?? 'application/json',
      'cache-control': 'no-store',
      ...linkOf(event, answer.body),
      ...answer.headers,
    },
    ...(answer.body !== undefined && { body: html ? (answer.body as string) : JSON.stringify(answer.body) }),
  };
}

/** Identifies the caller. Some routes answer 403 to a token that is not valid, and 401 only where there is none, or it has expired. */
async function authenticateFor(app: HttpApp, { auth, wrongToken }: Route, authorization: string | undefined): Promise<Caller> {
  return authenticate(app, auth, authorization).catch((error: unknown) => {
    if (wrongToken === undefined || !hasToken(authorization) || !(error instanceof AppError) || error.code !== 'unauthenticated')
      throw error;
    throw new AppError(wrongToken, error.message);
  });
}

/** Link header to the next page (RFC 8288); none on the last page. */
function linkOf({ rawPath, rawQueryString }: Event, body: unknown): { link?: string } {
  const cursor = typeof body === 'object' && body !== null && 'nextCursor' in body ? body.nextCursor : undefined;
  if (typeof cursor !== 'string') return {};
  const query = new URLSearchParams(rawQueryString);
  query.set('cursor', cursor);
  return { link: `<${rawPath}?${query}>; rel="next"` };
}

/** Throws `not_found` for a workspace that is not the caller's, so it looks like one that does not exist. */
function requireOwnWorkspace(caller: Caller, workspaceId: string | undefined): void {
  if (workspaceId !== undefined && caller.kind !== 'anyone' && caller.workspaceId !== workspaceId) throw new AppError('not_found');
}

/** Error for an address without a route: 405 with Allow if the address exists for other methods, else 404. */
function wrongAddress(table: readonly Served[], path: string): AppError {
  const segments = path.split('/');
  const allowed = table
    .filter(({ route }) => {
      const wanted = route.path.split('/');
      return wanted.length === segments.length && wanted.every((part, i) => part.startsWith('{') || part === segments[i]);
    })
    .map(({ route }) => route.method);
  if (allowed.length === 0) return new AppError('not_found', 'There is no such address.');
  return new AppError('method_not_allowed', `Allowed here: ${allowed.join(', ')}.`, { headers: { allow: allowed.join(', ') } });
}

/** Refuses a request without the front's secret, before routing and authentication: it would bypass what the front enforces. */
function behindFront({ origin }: HttpApp): middy.MiddlewareObj<Event, Result> {
  return {
    before({ event }) {
      if (!origin.accepts(event.headers[originHeader]))
        throw new AppError('forbidden', 'This address is not public. Use that of the service.');
    },
  };
}

function aroundRequest(): middy.MiddlewareObj<Event, Result> {
  let startedAt = 0;
  let requestId = '';
  const finish = (request: middy.Request<Event, Result>) => {
    const response = request.response as Result;
    response.headers = { ...response.headers, 'x-request-id': requestId };
    const status = response.statusCode ?? 200;
    log[status >= 500 ? 'error' : 'info']('request', { status, milliseconds: Math.round((performance.now() - startedAt) * 10) / 10 });
    metrics.flush();
  };
  return {
    before(request) {
      startedAt = performance.now();
      const given = request.event.headers['x-request-id'];
      requestId = given !== undefined && /^[\w.:-]{1,128}$/.test(given) ? given : newId('request');
      const { method, path } = request.event.requestContext.http;
      log.resetKeys();
      log.appendKeys({ requestId, method, path, coldStart: takeColdStart(), ...traceOf(request.event.headers.traceparent) });
    },
    after: finish,
    onError(request) {
      const error = toAppError(request.error);
      if (error !== request.error && errorKinds[error.code].status >= 500)
        log.error('The request failed on our side', { error: request.error as Error });
      request.response = {
        statusCode: errorKinds[error.code].status,
        headers: {
          'content-type': 'application/problem+json',
          'cache-control': 'no-store',
          ...(error.retryAfterSeconds !== undefined && { 'retry-after': String(error.retryAfterSeconds) }),
          ...error.headers,
        },
        body: JSON.stringify(toProblem(error, requestId, request.event.rawPath)),
      };
      finish(request);
    },
  };
}

/** Reads the W3C trace id, so that a caller's trace finds our log lines. */
function traceOf(traceparent: string | undefined): { traceId?: string } {
  const traceId = traceparent?.match(/^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}$/)?.[1];
  return traceId ? { traceId } : {};
}
