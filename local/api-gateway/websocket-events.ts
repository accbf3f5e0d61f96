import type { IncomingMessage } from 'node:http';
import { sourceIp } from './http-event.ts';
import { gatewayId, requestTime } from './ids.ts';

/** Properties of a connection that are fixed at its handshake. */
export interface Handshake {
  readonly connectionId: string;
  /** Epoch milliseconds. */
  readonly connectedAt: number;
  readonly sourceIp: string;
  readonly userAgent: string | undefined;
  readonly domainName: string;
  readonly headers: Record<string, string>;
  readonly multiValueHeaders: Record<string, string[]>;
  readonly query: Record<string, string[]>;
}

export function readHandshake(request: IncomingMessage, connectedAt: number): Handshake {
  const multiValueHeaders = new Map<string, string[]>();
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    const name = request.rawHeaders[i] as string;
    if (/^(connection|upgrade)$/i.test(name)) continue;
    multiValueHeaders.set(name, [...(multiValueHeaders.get(name) ?? []), request.rawHeaders[i + 1] as string]);
  }
  const ip = sourceIp(request);
  const forwarded: [string, string][] = [
    ['X-Forwarded-For', [request.headers['x-forwarded-for'], ip].filter(Boolean).join(', ')],
    ['X-Forwarded-Port', String(request.socket.localPort ?? 80)],
    ['X-Forwarded-Proto', 'http'],
  ];
  for (const [name, value] of forwarded) {
    for (const given of multiValueHeaders.keys()) if (given.toLowerCase() === name.toLowerCase()) multiValueHeaders.delete(given);
    multiValueHeaders.set(name, [value]);
  }
  const query = new Map<string, string[]>();
  const at = request.url?.indexOf('?') ?? -1;
  for (const [name, value] of new URLSearchParams(at === -1 ? '' : request.url?.slice(at + 1)))
    query.set(name, [...(query.get(name) ?? []), value]);
  return {
    connectionId: gatewayId(),
    connectedAt,
    sourceIp: ip,
    userAgent: request.headers['user-agent'],
    domainName: request.headers.host ?? 'localhost',
    headers: last(multiValueHeaders),
    multiValueHeaders: Object.fromEntries(multiValueHeaders),
    query: Object.fromEntries(query),
  };
}

/** Takes the last of several values with one name. */
const last = (all: Map<string, string[]>): Record<string, string> =>
  Object.fromEntries([...all].map(([name, values]) => [name, values.at(-1) as string]));

export type AuthorizerContext = Readonly<Record<string, string>>;

export interface EventOptions {
  readonly apiId: string;
  readonly stage: string;
  readonly handshake: Handshake;
  readonly authorizer?: AuthorizerContext;
}

function requestContext(
  { apiId, stage, handshake, authorizer }: EventOptions,
  eventType: 'CONNECT' | 'MESSAGE' | 'DISCONNECT',
  routeKey: string,
) {
  const now = Date.now();
  const requestId = gatewayId();
  return {
    routeKey,
    ...(authorizer ? { authorizer } : {}),
    eventType,
    extendedRequestId: requestId,
    requestTime: requestTime(now),
    messageDirection: 'IN',
    stage,
    connectedAt: handshake.connectedAt,
    requestTimeEpoch: now,
    identity: { ...(handshake.userAgent === undefined ? {} : { userAgent: handshake.userAgent }), sourceIp: handshake.sourceIp },
    requestId,
    domainName: handshake.domainName,
    connectionId: handshake.connectionId,
    apiId,
  };
}

function handshakeParts({ headers, multiValueHeaders, query }: Handshake) {
  const names = Object.entries(query);
  return {
    headers,
    multiValueHeaders,
    ...(names.length === 0 ? {} : { queryStringParameters: last(new Map(names)), multiValueQueryStringParameters: query }),
  };
}

export function connectEvent(options: EventOptions) {
  return { ...handshakeParts(options.handshake), requestContext: requestContext(options, 'CONNECT', '$connect'), isBase64Encoded: false };
}

export function authorizerEvent(options: EventOptions, methodArn: string) {
  const { headers, multiValueHeaders, query } = options.handshake;
  return {
    type: 'REQUEST',
    methodArn,
    headers,
    multiValueHeaders,
    queryStringParameters: last(new Map(Object.entries(query))),
    multiValueQueryStringParameters: query,
    stageVariables: {},
    requestContext: requestContext(options, 'CONNECT', '$connect'),
  };
}

export function messageEvent(options: EventOptions, routeKey: string, body: string) {
  return { requestContext: { ...requestContext(options, 'MESSAGE', routeKey), messageId: gatewayId() }, body, isBase64Encoded: false };
}

export function disconnectEvent(options: EventOptions, code: number, reason: string) {
  const { domainName, sourceIp: ip } = options.handshake;
  const headers = { Host: domainName, 'x-api-key': '', 'X-Forwarded-For': ip, 'x-restapi': '' };
  return {
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    requestContext: { ...requestContext(options, 'DISCONNECT', '$disconnect'), disconnectStatusCode: code, disconnectReason: reason },
    isBase64Encoded: false,
  };
}
