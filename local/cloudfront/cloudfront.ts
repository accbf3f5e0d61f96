import { randomBytes } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Log } from '../types.ts';
import { wildcard } from '../wildcard.ts';
import { createBucket, type BucketDeployment } from './bucket.ts';
import { viewerFunction, type Viewed } from './viewer-function.ts';

/** Target of a behaviour's requests. */
export type Origin =
  | {
      readonly kind: 'gateway';
      /** Headers added to each request; they replace a viewer's. */
      readonly headers?: Readonly<Record<string, string>>;
      handle(request: IncomingMessage, response: ServerResponse): void;
      upgrade?(request: IncomingMessage, socket: Duplex, head: Buffer): void;
    }
  | { readonly kind: 'bucket'; readonly deployments: readonly BucketDeployment[]; readonly listable?: boolean };

export interface Behavior {
  /** `*` is any number of characters, `?` is one. */
  readonly pathPattern: string;
  readonly origin: Origin;
  readonly allowedMethods: readonly string[];
  /** True when files are compressed. */
  readonly compress: boolean;
  /** Source text of a CloudFront Function. */
  readonly viewerRequest: string | undefined;
  /** Headers set on each answer; they override the origin's. */
  readonly responseHeaders: Readonly<Record<string, string>>;
}

export interface CloudFrontOptions {
  /** Behaviours in the order of matching; the last one is the default. */
  readonly behaviors: readonly Behavior[];
  /** Served for `/`. */
  readonly defaultRootObject?: string;
  readonly log: Log;
}

export interface CloudFront {
  handle(request: IncomingMessage, response: ServerResponse): void;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

interface Route extends Behavior {
  matches(path: string): boolean;
  readonly view: ReturnType<typeof viewerFunction> | undefined;
  serve(request: IncomingMessage, response: ServerResponse, uri: string): unknown;
}

/**
 * A distribution in front of all origins: it routes by path, runs the functions at its edge and logs one line a request. It caches
 * nothing.
 */
export function createCloudFront({ behaviors, defaultRootObject, log }: CloudFrontOptions): CloudFront {
  const routes = behaviors.map((behavior) => routeOf(behavior, log));
  const routeFor = (url: string | undefined): Route | undefined => {
    const path = splitTarget(url).uri;
    return routes.find((route) => route.matches(path));
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const route = routeFor(request.url);
    if (!route) return sendError(response, 404, 'No behaviour matches the path.');
    putOnAnswer(response, route.responseHeaders);
    if (!route.allowedMethods.includes(request.method ?? ''))
      return sendError(response, 403, `This distribution is not configured to allow the HTTP request method that was used.`);
    const viewed = await viewOf(route, request);
    if (viewed.kind === 'response') return sendViewed(response, viewed);
    const finalUri = viewed.uri === '/' && defaultRootObject !== undefined ? `/${defaultRootObject}` : viewed.uri;
    request.url = viewed.query === '' ? finalUri : `${finalUri}?${viewed.query}`;
    for (const [name, value] of Object.entries(viewed.headers)) setHeader(request, name, value);
    setHeader(request, 'via', `${request.httpVersion} local.cloudfront.net (CloudFront)`);
    setHeader(request, 'x-amz-cf-id', randomBytes(42).toString('base64url'));
    await route.serve(request, response, finalUri);
  };

  const upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const route = routeFor(request.url);
    if (route?.origin.kind !== 'gateway' || !route.origin.upgrade) return refuseUpgrade(socket, 403);
    const viewed = await viewOf(route, request);
    if (viewed.kind === 'response') return refuseUpgrade(socket, viewed.status);
    request.url = viewed.query === '' ? viewed.uri : `${viewed.uri}?${viewed.query}`;
    addHeaders(request, route.origin.headers);
    route.origin.upgrade(request, socket, head);
  };

  return {
    handle: (request, response) => {
      logWhenDone(request, response, log);
      answer(request, response).catch((error: unknown) => {
        log('error', 'the front failed', { path: request.url, error: String((error as Error).stack ?? error) });
        if (!response.headersSent) sendError(response, 503, 'The CloudFront function or the origin failed.');
      });
    },
    upgrade: (request, socket, head) => {
      // The listener stays for the socket's whole life, because a refused socket can still fail.
      socket.on('error', () => undefined);
      upgrade(request, socket, head).catch((error: unknown) => {
        log('error', 'the front failed', { path: request.url, error: String((error as Error).stack ?? error) });
        refuseUpgrade(socket, 503);
      });
    },
  };
}

function routeOf(behavior: Behavior, log: Log): Route {
  const { pathPattern, origin, compress, viewerRequest } = behavior;
  const pattern = wildcard(pathPattern === '*' ? '*' : `/${pathPattern.replace(/^\//, '')}`);
  return {
    ...behavior,
    matches: (path) => pattern.test(path),
    view: viewerRequest === undefined ? undefined : viewerFunction(viewerRequest, log),
    serve:
      origin.kind === 'gateway'
        ? (request, response) => {
            addHeaders(request, origin.headers);
            origin.handle(request, response);
          }
        : createBucket({ deployments: origin.deployments, compress, listable: origin.listable ?? true }),
  };
}

/** Runs the function of a behaviour on a request, if it has one. */
async function viewOf({ view }: Route, request: IncomingMessage): Promise<Viewed> {
  const { uri, query } = splitTarget(request.url);
  return view ? view(request, uri, query) : { kind: 'request', uri, query, headers: {} };
}

const refuseUpgrade = (socket: Duplex, status: number): void =>
  void socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);

function splitTarget(url = '/'): { uri: string; query: string } {
  const at = url.indexOf('?');
  return at === -1 ? { uri: url, query: '' } : { uri: url.slice(0, at), query: url.slice(at + 1) };
}

function addHeaders(request: IncomingMessage, headers: Readonly<Record<string, string>> = {}): void {
  for (const [name, value] of Object.entries(headers)) {
    // A viewer may send the header more than once.
    const kept = request.rawHeaders.flatMap((text, index, all) => ((all[index - (index % 2)] ?? '').toLowerCase() === name ? [] : [text]));
    request.rawHeaders.splice(0, request.rawHeaders.length, ...kept, name, value);
    request.headers[name] = value;
  }
}

function setHeader(request: IncomingMessage, name: string, value: string): void {
  if (request.headers[name] === value) return;
  request.headers[name] = value;
  const at = request.rawHeaders.findIndex((given, index) => index % 2 === 0 && given.toLowerCase() === name);
  if (at === -1) request.rawHeaders.push(name, value);
  else request.rawHeaders[at + 1] = value;
}

/** Sets headers when the answer begins, so that they override the origin's. */
function putOnAnswer(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
  const writeHead = response.writeHead.bind(response) as (...all: unknown[]) => ServerResponse;
  response.writeHead = (...all: unknown[]) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    return writeHead(...all);
  };
}

function sendViewed(response: ServerResponse, { status, headers, body }: Viewed & { kind: 'response' }): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.setHeader('content-length', body.length);
  response.writeHead(status).end(body);
}

function sendError(response: ServerResponse, status: number, reason: string): void {
  const title = `${status} ${STATUS_CODES[status] ?? ''}`;
  const body = `<!doctype html><title>ERROR: The request could not be satisfied</title><h1>${title}</h1><p>${reason}</p>`;
  response.setHeader('content-type', 'text/html');
  response.setHeader('x-cache', status === 503 ? 'FunctionExecutionError from cloudfront' : 'Error from cloudfront');
  response.setHeader('content-length', Buffer.byteLength(body));
  response.writeHead(status).end(body);
}

/** Logs the path without the query, which may hold secrets. */
function logWhenDone(request: IncomingMessage, response: ServerResponse, log: Log): void {
  const start = performance.now();
  const { method } = request;
  const path = splitTarget(request.url).uri;
  response.once('close', () => {
    const milliseconds = Math.round((performance.now() - start) * 10) / 10;
    const status = response.writableFinished ? response.statusCode : 499;
    log('info', 'request', { method, path, status, milliseconds });
  });
}
