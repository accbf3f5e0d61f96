import { once } from 'node:events';
import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { WebSocket } from 'ws';
import type { WebSocketLimits } from '../../../local/api-gateway/connections.ts';
import { createWebSocketApi } from '../../../local/api-gateway/websocket.ts';
import type { WebSocketApiDefinition } from '../../../local/definitions.ts';
import { accessFor, account, clientOf, functionArn, functionsOf, quietLog } from '../emulators.ts';
import { serve } from '../servers.ts';

export interface GatewayEvent {
  readonly body?: string;
  readonly headers?: Record<string, string>;
  readonly methodArn?: string;
  readonly queryStringParameters?: Record<string, string>;
  readonly requestContext: { routeKey: string; connectionId: string; eventType: string; authorizer?: Record<string, string> } & Record<
    string,
    unknown
  >;
}
export type Handlers = Partial<Record<'Authorize' | 'Connect' | 'Message' | 'Disconnect', (event: GatewayEvent) => unknown>>;

/** A policy in the form of authorizers. */
export const policy = (Effect: 'Allow' | 'Deny', Resource: string, context?: object) => ({
  principalId: 'usr_1',
  policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect, Resource }] },
  ...(context ? { context } : {}),
});

const route = (routeKey: string, name: string) => ({ routeKey, functionArn: functionArn(name), routeResponse: routeKey === '$default' });
const definition: WebSocketApiDefinition = {
  apiId: 'ws1',
  stage: 'realtime',
  routeSelectionExpression: '$request.body.action',
  routes: [
    {
      ...route('$connect', 'Connect'),
      authorizer: { functionArn: functionArn('Authorize'), identitySources: ['route.request.querystring.ticket'] },
    },
    route('$disconnect', 'Disconnect'),
    route('$default', 'Message'),
    route('oneway', 'Message'),
  ],
};

/** A WebSocket API on a port. Missing handlers allow everything and answer with nothing. */
export async function startGateway(
  handlers: Handlers = {},
  limits: Partial<WebSocketLimits> = {},
  more: Partial<WebSocketApiDefinition> = {},
  now: () => number = Date.now,
) {
  const events: GatewayEvent[] = [];
  const log = quietLog();
  const access = accessFor();
  const all: Required<Handlers> = {
    Authorize: (event) => policy('Allow', event.methodArn as string, { workspace: 'ws_1', level: 3 }),
    Connect: () => ({ statusCode: 200 }),
    Message: () => ({ statusCode: 200 }),
    Disconnect: () => ({ statusCode: 200 }),
    ...handlers,
  };
  const keeping = Object.entries(all).map(
    ([name, handler]) => [name, (event: GatewayEvent) => (events.push(event), handler(event))] as const,
  );
  const functions = functionsOf(Object.fromEntries(keeping));
  const api = createWebSocketApi({ account, api: { ...definition, ...more }, functions, access, log, limits, now });
  const server = await serve(api);
  const endpoint = `${server.url}/realtime`;
  const management = new ApiGatewayManagementApiClient(clientOf(endpoint));
  return {
    api,
    access,
    log,
    events,
    endpoint,
    management,
    wsUrl: `${server.wsUrl}/realtime`,
    eventsOf: (eventType: string) =>
      events.filter((event) => event.requestContext.eventType === eventType && event.methodArn === undefined),
    async stop() {
      management.destroy();
      await api.stop();
      await server.stop();
    },
  };
}

/** A client that records its messages. */
export async function connect(url: string, protocols: string[] = []) {
  const socket = new WebSocket(url, protocols);
  const frames: string[] = [];
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  socket.on('message', (data) => frames.push((data as Buffer).toString()));
  await once(socket, 'open');
  return { socket, frames, closed };
}

/** Status of a refused handshake. */
export function refusedStatus(url: string): Promise<number | undefined> {
  const socket = new WebSocket(url);
  return new Promise((resolve, reject) => {
    socket.on('open', () => reject(new Error('the handshake was not refused')));
    socket.on('unexpected-response', (request, response) => {
      resolve(response.statusCode);
      request.destroy();
    });
    socket.on('error', () => undefined);
  });
}
