import type { WebSocketApiDefinition, WebSocketRouteDefinition } from '../definitions.ts';
import type { Functions, Invocation, Log } from '../types.ts';
import { gatewayId } from './ids.ts';
import { invokeWithin } from './integration.ts';
import { messageEvent, type EventOptions } from './websocket-events.ts';
import { webSocketRouter } from './websocket-routes.ts';

export interface MessageRoutingOptions {
  readonly api: WebSocketApiDefinition;
  readonly functions: Functions;
  readonly log: Log;
  readonly integrationMilliseconds: number;
  /** Takes one message from the stage's throttle; false when the message is over the limit. */
  readonly mayPass: () => boolean;
}

/** Routes a message to its function. Resolves with the text for the client, undefined for none. */
export function messageRouting(options: MessageRoutingOptions): (connection: EventOptions, body: string) => Promise<string | undefined> {
  const { api, functions, integrationMilliseconds, mayPass } = options;
  const router = webSocketRouter(api.routeSelectionExpression, api.routes);
  return async (connection, body) => {
    const { connectionId } = connection.handshake;
    const failed = (message: string, requestId = gatewayId()) => JSON.stringify({ message, connectionId, requestId });
    if (!mayPass()) return failed('Too Many Requests');
    const route = router(body);
    if (!route) return failed('Forbidden');
    const event = messageEvent(connection, route.routeKey, body);
    const { requestId } = event.requestContext;
    const invocation = await invokeWithin(functions, route.functionArn, event, integrationMilliseconds);
    const outcome = readOutcome(route, invocation);
    if (!('error' in outcome)) return outcome.body;
    const { functionArn, routeKey } = route;
    options.log('error', 'a message was not answered', { requestId, routeKey, functionArn, ...outcome.reason });
    return failed(outcome.error, requestId);
  };
}

type Outcome = { body: string | undefined } | { error: string; reason: object };

function readOutcome({ routeResponse }: WebSocketRouteDefinition, invocation: Invocation | undefined): Outcome {
  if (invocation === undefined) return { error: 'Endpoint request timed out', reason: { errorType: 'TimedOut' } };
  if (!invocation.ok) return { error: 'Internal server error', reason: invocation.error };
  if (!routeResponse) return { body: undefined };
  const { statusCode, body } = (invocation.payload ?? {}) as { statusCode?: unknown; body?: unknown };
  const isResponse = Number.isInteger(Number(statusCode)) && (body === undefined || body === null || typeof body === 'string');
  if (!isResponse) return { error: 'Internal server error', reason: { errorType: 'MalformedResponse', payload: invocation.payload } };
  return { body: body || undefined };
}
