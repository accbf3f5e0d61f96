import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocketRouteDefinition } from '../definitions.ts';
import type { Functions, Log } from '../types.ts';
import { authorize, type Refusal } from './authorizer.ts';
import { gatewayId } from './ids.ts';
import { connectEvent, type EventOptions } from './websocket-events.ts';

export type Admitted = { event: EventOptions; protocol: string | undefined } | { refusal: Refusal };

export interface AdmitOptions {
  readonly connect: WebSocketRouteDefinition | undefined;
  readonly functions: Functions;
  readonly log: Log;
  readonly event: EventOptions;
  readonly stageArn: string;
}

/** Invokes the authorizer and then the function of `$connect`, whose answer decides. */
export async function admit({ connect, functions, log, event, stageArn }: AdmitOptions): Promise<Admitted> {
  if (!connect) return { event, protocol: undefined };
  let known = event;
  if (connect.authorizer) {
    const authorized = await authorize({ definition: connect.authorizer, functions, log, event, methodArn: `${stageArn}/$connect` });
    if ('refusal' in authorized) return authorized;
    known = { ...event, authorizer: authorized.context };
  }
  const { functionArn } = connect;
  const invocation = await functions.invoke(functionArn, connectEvent(known));
  const answer = invocation.ok ? readConnectAnswer(invocation.payload) : undefined;
  if (!answer) {
    const reason = invocation.ok ? { errorType: 'MalformedResponse', payload: invocation.payload } : invocation.error;
    log('error', 'the function of $connect failed', { functionArn, ...reason });
    return { refusal: { status: 502, message: 'Internal server error' } };
  }
  if (answer.status < 200 || answer.status > 299)
    return { refusal: { status: answer.status, message: STATUS_CODES[answer.status] ?? 'Forbidden' } };
  return { event: known, protocol: answer.protocol };
}

function readConnectAnswer(payload: unknown): { status: number; protocol: string | undefined } | undefined {
  const { statusCode, headers } = (payload ?? {}) as { statusCode?: unknown; headers?: Record<string, unknown> | null };
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599) return undefined;
  const protocol = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'sec-websocket-protocol')?.[1];
  return { status, protocol: typeof protocol === 'string' ? protocol : undefined };
}

/** Describes the fault of a malformed WebSocket request; undefined when there is none. */
export function malformed(request: IncomingMessage): Refusal | undefined {
  const { upgrade, 'sec-websocket-key': key, 'sec-websocket-version': version } = request.headers;
  const isHandshake = request.method === 'GET' && upgrade?.toLowerCase() === 'websocket' && version === '13';
  return isHandshake && /^[+/0-9A-Za-z]{22}==$/.test(key ?? '') ? undefined : { status: 400, message: 'Bad Request' };
}

/** Answers a handshake with an error and ends the connection. */
export function refuse(socket: Duplex, { status, message }: Refusal, connectionId: string): void {
  const requestId = gatewayId();
  const body = JSON.stringify({ message, connectionId, requestId });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-amzn-requestid: ${requestId}`,
    'connection: close',
  ];
  socket.once('finish', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
