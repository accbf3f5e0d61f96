import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody } from '../aws-endpoint.ts';
import type { HttpApiDefinition, HttpRouteDefinition } from '../definitions.ts';
import type { Account, Functions, Log } from '../types.ts';
import { httpEvent } from './http-event.ts';
import { message, readAnswer, sendAnswer, type HttpAnswer } from './http-response.ts';
import { preflight, withCors } from './cors.ts';
import { httpRouter } from './http-routes.ts';
import { gatewayId } from './ids.ts';
import { invokeWithin } from './integration.ts';
import { tokenBucket } from './throttle.ts';

export interface HttpApiOptions {
  readonly account: Account;
  readonly api: HttpApiDefinition;
  readonly functions: Functions;
  readonly log: Log;
}

export interface HttpApi {
  /** Answers a request of a server or of the front. */
  handle(request: IncomingMessage, response: ServerResponse): void;
}

/** Largest body of a request, and of the event that carries it (Lambda's limit). */
const maxBodyBytes = 10 * 1024 * 1024;
const maxEventBytes = 6 * 1024 * 1024;
const maxIntegrationMilliseconds = 30_000;
const tooLarge = message(413, 'Request Entity Too Large');

/** An HTTP API: finds the route, invokes its function with payload format 2.0, and sends the function's answer. */
export function createHttpApi(options: HttpApiOptions): HttpApi {
  const { log } = options;
  const answer = answering(options);
  return {
    handle: (request, response) => {
      const start = performance.now();
      const requestId = gatewayId();
      const done = ({ result, routeKey, isPreflight }: RoutedAnswer) => {
        sendAnswer(response, isPreflight ? result : withCors(options.api.cors, request, result), requestId, request.method === 'HEAD');
        const milliseconds = Math.round((performance.now() - start) * 10) / 10;
        log('debug', 'http api', { requestId, method: request.method, path: request.url, routeKey, status: result.status, milliseconds });
      };
      answer(request, requestId)
        .then(done)
        .catch((error: unknown) => {
          // The client left before its request was complete.
          if (request.destroyed && !request.complete) return;
          log('error', 'the HTTP API failed', { requestId, path: request.url, error: String((error as Error).stack ?? error) });
          for (const name of response.getHeaderNames()) response.removeHeader(name);
          done({ result: message(500, 'Internal Server Error') });
        });
    },
  };
}

interface RoutedAnswer {
  readonly result: HttpAnswer;
  readonly routeKey?: string;
  /** The gateway has answered for its function, with headers of its own. */
  readonly isPreflight?: true;
}

function answering({ account, api, functions, log }: HttpApiOptions) {
  const { apiId, stage } = api;
  const route = httpRouter(api.routes);
  const mayPass = tokenBucket(api.throttle);
  return async (request: IncomingMessage, requestId: string): Promise<RoutedAnswer> => {
    const asked = preflight(api.cors, request);
    if (asked) return { result: asked, isPreflight: true };
    const body = await readBody(request, maxBodyBytes);
    if (!mayPass()) return { result: message(429, 'Too Many Requests') };
    const target = readTarget(request.url ?? '/');
    if (!target) return { result: message(400, 'Bad Request') };
    const match = route(request.method ?? 'GET', pathInStage(target.path, stage) ?? '');
    if (!match) return { result: message(404, 'Not Found') };
    const { routeKey } = match.route;
    if (body === undefined) return { result: tooLarge, routeKey };
    const event = httpEvent({ account, apiId, stage, requestId, request, ...target, match, body });
    if (body.length * (event.isBase64Encoded ? 4 / 3 : 1) > maxEventBytes) return { result: tooLarge, routeKey };
    return { result: await integrate(functions, log, match.route, event), routeKey };
  };
}

async function integrate(
  functions: Functions,
  log: Log,
  { functionArn, timeoutMilliseconds = maxIntegrationMilliseconds }: HttpRouteDefinition,
  event: ReturnType<typeof httpEvent>,
): Promise<HttpAnswer> {
  const { requestId } = event.requestContext;
  const invocation = await invokeWithin(functions, functionArn, event, timeoutMilliseconds);
  if (invocation === undefined) {
    log('error', 'a function did not answer in time', { requestId, functionArn, timeoutMilliseconds });
    return message(503, 'Service Unavailable');
  }
  const result = invocation.ok ? readAnswer(invocation.payload) : undefined;
  if (result) return result;
  const reason = invocation.ok ? { errorType: 'MalformedResponse', payload: invocation.payload } : invocation.error;
  log('error', 'a function failed to answer', { requestId, functionArn, ...reason });
  return message(500, 'Internal Server Error');
}

/** Splits the request's target. A question mark that appears by decoding ends the path, as in AWS. */
function readTarget(url: string): { path: string; rawQueryString: string } | undefined {
  const at = url.indexOf('?');
  try {
    const path = decodeURIComponent(at === -1 ? url : url.slice(0, at)).split('?')[0] as string;
    return { path, rawQueryString: at === -1 ? '' : url.slice(at + 1) };
  } catch {
    return undefined;
  }
}

function pathInStage(path: string, stage: string): string | undefined {
  if (stage === '$default') return path;
  if (path === `/${stage}`) return '/';
  return path.startsWith(`/${stage}/`) ? path.slice(stage.length + 1) : undefined;
}
