import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { WebSocketApiDefinition } from '../definitions.ts';
import type { Access, Account, Functions, Log } from '../types.ts';
import type { Refusal } from './authorizer.ts';
import { createConnections, defaultLimits, type Connection, type Connections, type WebSocketLimits } from './connections.ts';
import { admit, malformed, refuse } from './handshake.ts';
import { managementApi } from './management.ts';
import { messageRouting } from './messages.ts';
import { tokenBucket } from './throttle.ts';
import { disconnectEvent, readHandshake, type EventOptions } from './websocket-events.ts';

export interface WebSocketApiOptions {
  readonly account: Account;
  readonly api: WebSocketApiDefinition;
  readonly functions: Functions;
  readonly access: Access;
  readonly log: Log;
  readonly limits?: Partial<WebSocketLimits>;
  /** Clock in epoch milliseconds for idle and maximum times; the machine's by default. */
  readonly now?: () => number;
}

export interface WebSocketApi {
  /** The `@connections` API, under `/{stage}/@connections/`. */
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** Opens a socket at `/{stage}`. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ids of the open connections. */
  connections(): string[];
  /** Cuts a connection as a lost network does. With `silent` not even `$disconnect` runs. */
  drop(connectionId: string, options?: { silent?: boolean }): void;
  /** Closes all sockets and waits for the invocations that this causes. */
  stop(): Promise<void>;
}

/** A WebSocket API: sockets on one side, functions and the `@connections` API on the other. */
export function createWebSocketApi(options: WebSocketApiOptions): WebSocketApi {
  const { account, api, access, log } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const stageArn = `arn:aws:execute-api:${account.region}:${account.accountId}:${api.apiId}/${api.stage}`;
  const now = options.now ?? Date.now;
  const connections = createConnections(limits, now);
  const work = tracking(log);
  const upgrade = opening({ ...options, limits, now, stageArn, connections, work });
  return {
    handle: managementApi({ connections, access, limits, stage: api.stage, stageArn }),
    upgrade,
    connections: () => [...connections.all.keys()],
    drop: (connectionId, { silent = false } = {}) => {
      const connection = connections.get(connectionId);
      if (!connection) throw new Error(`there is no connection ${connectionId}`);
      connection.silent = silent;
      connection.socket.terminate();
    },
    stop: async () => {
      await connections.closeAll();
      await work.done();
    },
  };
}

interface Parts extends WebSocketApiOptions {
  readonly limits: WebSocketLimits;
  readonly now: () => number;
  readonly stageArn: string;
  readonly connections: Connections;
  readonly work: Work;
}

/** Life of a socket: handshake, authorizer, `$connect`, upgrade, messages, `$disconnect`. */
function opening({ api, functions, log, limits, now, stageArn, connections, work }: Parts): WebSocketApi['upgrade'] {
  const { apiId, stage } = api;
  const routeOf = (key: string) => api.routes.find(({ routeKey }) => routeKey === key);
  const mayPass = tokenBucket(api.throttle);
  const route = messageRouting({ api, functions, log, integrationMilliseconds: limits.integrationMilliseconds, mayPass });
  const accept = acceptor(limits.messageBytes);

  const open = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const handshake = readHandshake(request, now());
    const refusal = refusalOf(request, stage, mayPass);
    if (refusal) return refuse(socket, refusal, handshake.connectionId);
    const event: EventOptions = { apiId, stage, handshake };
    const admitted = await admit({ connect: routeOf('$connect'), functions, log, event, stageArn });
    const status = 'refusal' in admitted ? admitted.refusal.status : 101;
    log('debug', 'websocket connect', { connectionId: handshake.connectionId, status });
    if ('refusal' in admitted) return refuse(socket, admitted.refusal, handshake.connectionId);
    // The client left while $connect ran. The functions consider it connected, so $disconnect must run.
    if (socket.destroyed || !socket.writable) return disconnected(admitted.event, 1006, '');
    accept(request, socket, head, admitted.protocol, (webSocket) => attach(connections.add(admitted.event, webSocket, socket)));
  };

  const attach = (connection: Connection): void => {
    const { id, socket, event } = connection;
    socket.on('error', (error) => log('debug', 'websocket error', { connectionId: id, error: error.message }));
    socket.on('message', (data, isBinary) => {
      if (socket.readyState !== socket.OPEN) return;
      if (isBinary) socket.close(1003, 'Binary frames are not supported');
      // Messages run in parallel: API Gateway invokes each at once.
      else work.track(route(event, (data as Buffer).toString('utf8')).then((answer) => reply(connection, answer)));
    });
    socket.on('close', (code, reason) => {
      connections.remove(id);
      log('debug', 'websocket disconnect', { connectionId: id, code });
      if (!connection.silent) work.track(disconnected(event, code, reason.toString()));
    });
  };

  const disconnected = async (event: EventOptions, code: number, reason: string): Promise<void> => {
    const functionArn = routeOf('$disconnect')?.functionArn;
    if (functionArn === undefined) return;
    const invocation = await functions.invoke(functionArn, disconnectEvent(event, code, reason));
    if (!invocation.ok) log('warn', 'the function of $disconnect failed', { functionArn, ...invocation.error });
  };

  return (request, socket, head) => {
    // The listener stays for the socket's whole life, because a refused socket can still fail.
    socket.on('error', () => {});
    const opened = open(request, socket, head).catch((error: unknown) => {
      refuse(socket, { status: 500, message: 'Internal server error' }, '');
      throw error;
    });
    work.track(opened);
  };
}

function refusalOf(request: IncomingMessage, stage: string, mayPass: () => boolean): Refusal | undefined {
  const path = request.url?.split('?')[0]?.replace(/\/$/, '');
  if (path !== `/${stage}`) return { status: 403, message: 'Forbidden' };
  return malformed(request) ?? (mayPass() ? undefined : { status: 429, message: 'Too Many Requests' });
}

/** Completes handshakes with the subprotocol that `$connect` chose. */
function acceptor(maxPayload: number) {
  const protocols = new WeakMap<IncomingMessage, string>();
  const server = new WebSocketServer({
    noServer: true,
    maxPayload,
    perMessageDeflate: false,
    clientTracking: false,
    handleProtocols: (_offered, request) => protocols.get(request) ?? false,
  });
  return (request: IncomingMessage, socket: Duplex, head: Buffer, protocol: string | undefined, then: (socket: WebSocket) => void) => {
    if (protocol !== undefined) protocols.set(request, protocol);
    server.handleUpgrade(request, socket, head, then);
  };
}

function reply({ socket }: Connection, text: string | undefined): void {
  if (text !== undefined && socket.readyState === socket.OPEN) socket.send(text);
}

interface Work {
  track(work: Promise<unknown>): void;
  done(): Promise<void>;
}

/** Tracks running invocations, so that stopping can wait for them. */
function tracking(log: Log): Work {
  const running = new Set<Promise<unknown>>();
  return {
    track: (work) => {
      const done = work
        .catch((error: unknown) => log('error', 'the WebSocket API failed', { error: String((error as Error).stack ?? error) }))
        .finally(() => running.delete(done));
      running.add(done);
    },
    done: async () => {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
