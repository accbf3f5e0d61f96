import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type * as z from 'zod';
import { errorKinds, problemType, type Problem } from '../../contract/errors.ts';
import { ready, type Startup } from '../../contract/routes/operations.ts';

const retryAfterSeconds = 1;
const comeBack = { 'cache-control': 'no-store', 'retry-after': String(retryAfterSeconds) };

/** Returns the path of a request without its query, which may carry a ticket. */
export const pathOf = (request: IncomingMessage): string => (request.url ?? '/').split('?')[0] ?? '/';

/** True for `GET /ready`, which the runner answers itself until its start is complete. */
export const asksReady = (request: IncomingMessage): boolean => request.method === 'GET' && pathOf(request) === ready.path;

/** Answers `GET /ready` with 503 and the state of the start. */
export function sendStartup(status: z.infer<typeof Startup>['status'], response: ServerResponse): void {
  response
    .writeHead(503, { 'content-type': 'application/json', ...comeBack })
    .end(JSON.stringify({ status } satisfies z.infer<typeof Startup>));
}

/** Answers a request for the demo with 503 and a problem while the demo is being seeded. */
export function sendSeedingProblem(request: IncomingMessage, response: ServerResponse): void {
  const problem: Problem = {
    type: problemType('unavailable'),
    ...errorKinds.unavailable,
    detail: 'The demo workspace is still seeding',
    instance: pathOf(request),
    code: 'unavailable',
    retryAfterSeconds,
    requestId: randomUUID(),
  };
  response.writeHead(problem.status, { 'content-type': 'application/problem+json', ...comeBack }).end(JSON.stringify(problem));
}
