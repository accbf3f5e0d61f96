import type { IncomingMessage, ServerResponse } from 'node:http';
import { accessKeyOf, AwsError } from '../aws-endpoint.ts';
import type { Demo } from '../demo/demo.ts';
import { createEdge } from './edge.ts';
import type { Front } from './port.ts';
import { account, type Services } from '../runner/services.ts';
import { asksReady, pathOf, sendSeedingProblem, sendStartup } from './startup.ts';
import type { Log } from '../types.ts';
import { makeWorkspace } from './workspaces.ts';

export interface FrontOptions {
  readonly services: Services;
  readonly port: number;
  readonly log: Log;
  /** Keys of the demo; `seeding` until they are complete, undefined without a demo. */
  readonly demo: () => Demo | 'seeding' | undefined;
}

/** Everything behind the one port: the distribution, the `@connections` API, the buckets, and the demo's keys. */
export function createFront({ services, port, log, demo }: FrontOptions): Front {
  const edge = createEdge({ services, account, port, log });
  const managed = services.application.webSocketApis.flatMap(({ apiId, stage }) => {
    const api = services.webSocketApis.get(apiId);
    return api ? [{ prefix: `/${stage}/@connections/`, api }] : [];
  });
  return {
    request(request, response) {
      const url = request.url ?? '/';
      const management = managed.find(({ prefix }) => url.startsWith(prefix));
      // Functions post thousands of frames here: not logged.
      if (management) return void postWithFaults(services, request, response, () => management.api.handle(request, response));
      // Clients poll these paths during the start: not logged.
      if (demo() === 'seeding' && answersWhileSeeding(request, response)) return;
      logWhenDone(log, request, response);
      if (services.buckets.owns(url)) return services.buckets.handle(request, response);
      if (pathOf(request) === demoPath) return sendDemo(demo(), request, response);
      if (url === '/local/workspaces' && isLocal(request)) return makeWorkspace(services.functions, request, response);
      edge.handle(request, response);
    },
    upgrade(request, socket, head) {
      const from = performance.now();
      socket.once('close', () => {
        log('info', `SOCKET ${pathOf(request)} closed`, { seconds: Math.round((performance.now() - from) / 1000) });
      });
      edge.upgrade(request, socket, head);
    },
  };
}

async function postWithFaults(services: Services, request: IncomingMessage, response: ServerResponse, post: () => void): Promise<void> {
  try {
    const accessKeyId = accessKeyOf(request.headers.authorization) ?? '';
    const action = 'execute-api:ManageConnections';
    await services.faults.strike(accessKeyId, action, 'before');
    response.once('finish', () => void services.faults.strike(accessKeyId, action, 'after').catch(() => undefined));
    post();
  } catch (thrown) {
    if (!(thrown instanceof AwsError)) throw thrown;
    response.writeHead(thrown.status).end();
  }
}

function logWhenDone(log: Log, request: IncomingMessage, response: ServerResponse): void {
  const from = performance.now();
  // Read now, because the edge function may rewrite the request.
  const path = pathOf(request);
  response.once('close', () => {
    const milliseconds = Math.round((performance.now() - from) * 10) / 10;
    const status = response.writableFinished ? response.statusCode : 499;
    log(status >= 500 ? 'error' : 'info', `${request.method} ${path} ${status}`, {
      method: request.method,
      path,
      status,
      milliseconds,
      requestId: response.getHeader('x-request-id') ?? response.getHeader('apigw-requestid'),
    });
  });
}

/** True for pages of this machine. The port is on loopback; a page elsewhere that resolves to it (DNS rebinding) has another host name. */
const isLocal = (request: IncomingMessage): boolean =>
  ['localhost', '127.0.0.1', '[::1]'].includes((request.headers.host ?? '').replace(/:\d+$/, ''));

const demoPath = '/local/demo.json';

/** Answers requests that depend on the demo; true when the request was one. */
function answersWhileSeeding(request: IncomingMessage, response: ServerResponse): boolean {
  if (asksReady(request)) sendStartup('seeding', response);
  else if (pathOf(request) === demoPath && isLocal(request)) sendSeedingProblem(request, response);
  else return false;
  return true;
}

function sendDemo(demo: Demo | 'seeding' | undefined, request: IncomingMessage, response: ServerResponse): void {
  if (typeof demo !== 'object' || !isLocal(request)) {
    response.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"Not Found"}');
    return;
  }
  const { apiKey: _, ...open } = demo;
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(open));
}
