import type { IncomingMessage, ServerResponse } from 'node:http';
import { accessKeyOf, readBody, rememberDecisions } from '../aws-endpoint.ts';
import type { Access } from '../types.ts';
import type { Connections, WebSocketLimits } from './connections.ts';
import { gatewayId, isGatewayId } from './ids.ts';

export interface ManagementOptions {
  readonly connections: Connections;
  readonly access: Access;
  readonly limits: WebSocketLimits;
  readonly stage: string;
  /** `arn:aws:execute-api:region:account:api/stage` */
  readonly stageArn: string;
}

/** The `@connections` API of a stage: post to a connection, describe it, close it. */
export function managementApi({ connections, access, limits, stage, stageArn }: ManagementOptions) {
  const check = rememberDecisions(access);
  const prefix = `/${stage}/@connections/`;

  const perform = (method: string, id: string, body: Buffer | undefined, response: ServerResponse): void => {
    if (!isGatewayId(id)) return fail(response, 400, 'BadRequestException', { message: `Invalid connectionId: ${id}` });
    const connection = connections.get(id);
    if (!connection || connection.socket.readyState !== connection.socket.OPEN) return fail(response, 410, 'GoneException');
    const { socket, event } = connection;
    if (method === 'GET') {
      const { connectedAt, sourceIp, userAgent } = event.handshake;
      const identity = { sourceIp, userAgent };
      return send(response, 200, { connectedAt: time(connectedAt), identity, lastActiveAt: time(connection.lastActiveAt) });
    }
    if (method === 'DELETE') {
      socket.close(1000, 'Connection Closed Normally');
      return send(response, 204);
    }
    if (body === undefined || body.length > limits.messageBytes) {
      const problem = { message: 'Message too long', connectionId: id, requestId: gatewayId() };
      return fail(response, 413, 'PayloadTooLargeException', problem);
    }
    if (socket.bufferedAmount > limits.bufferedBytes)
      return fail(response, 429, 'LimitExceededException', { message: 'Too Many Requests' });
    connections.touch(connection);
    socket.send(body, { binary: false });
    return send(response, 200);
  };

  return (request: IncomingMessage, response: ServerResponse): void => {
    const { method = 'GET', url = '/' } = request;
    const body = readBody(request, limits.messageBytes);
    const accessKeyId = accessKeyOf(request.headers.authorization);
    const answer = (bytes: Buffer | undefined): void => {
      if (!url.startsWith(prefix) || !['GET', 'POST', 'DELETE'].includes(method))
        return fail(response, 403, 'ForbiddenException', { message: 'Forbidden' });
      if (accessKeyId === undefined)
        return fail(response, 403, 'MissingAuthenticationTokenException', { message: 'Missing Authentication Token' });
      const id = decode(url.slice(prefix.length));
      const action = 'execute-api:ManageConnections';
      const decision = check(accessKeyId, action, `${stageArn}/${method}/@connections/*`);
      if (!decision.allowed) {
        const resource = `${stageArn}/${method}/@connections/${id}`;
        const message = `User: ${decision.principal} is not authorized to perform: ${action} on resource: ${resource} because ${decision.reason}`;
        return fail(response, 403, 'ForbiddenException', { message });
      }
      return perform(method, id, bytes, response);
    };
    body.then(answer).catch(() => response.destroy());
  };
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path.split('?')[0] as string);
  } catch {
    return path;
  }
}

const time = (milliseconds: number) => new Date(milliseconds).toISOString();

function send(response: ServerResponse, status: number, body?: object, headers: Record<string, string> = {}): void {
  const bytes = body === undefined ? '' : JSON.stringify(body);
  const length = { 'content-length': Buffer.byteLength(bytes) };
  const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
  response.writeHead(status, { 'x-amzn-requestid': gatewayId(), ...type, ...headers, ...(status === 204 ? {} : length) });
  response.end(bytes);
}

const fail = (response: ServerResponse, status: number, errorType: string, body?: object) =>
  send(response, status, body, { 'x-amzn-errortype': errorType });
