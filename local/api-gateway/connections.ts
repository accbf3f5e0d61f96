import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { frameGuard } from './frame-guard.ts';
import type { EventOptions } from './websocket-events.ts';

/** Limits of a WebSocket API, by default those of API Gateway. */
export interface WebSocketLimits {
  readonly frameBytes: number;
  readonly messageBytes: number;
  readonly idleMilliseconds: number;
  readonly maxAgeMilliseconds: number;
  /** Interval between two sweeps for sockets that are idle or too old. */
  readonly sweepMilliseconds: number;
  /** Bytes that may wait for a client that does not read. Beyond that, posts are refused with 429. */
  readonly bufferedBytes: number;
  readonly integrationMilliseconds: number;
}

export const defaultLimits: WebSocketLimits = {
  frameBytes: 32 * 1024,
  messageBytes: 128 * 1024,
  idleMilliseconds: 10 * 60_000,
  maxAgeMilliseconds: 2 * 3_600_000,
  sweepMilliseconds: 5_000,
  bufferedBytes: 1024 * 1024,
  integrationMilliseconds: 29_000,
};

export interface Connection {
  readonly id: string;
  readonly event: EventOptions;
  readonly socket: WebSocket;
  /** Epoch milliseconds. */
  lastActiveAt: number;
  /** True for a connection whose end is not reported: no `$disconnect`. */
  silent: boolean;
}

export interface Connections {
  add(event: EventOptions, socket: WebSocket, wire: Duplex): Connection;
  get(id: string): Connection | undefined;
  remove(id: string): void;
  /** Marks a connection as active. */
  touch(connection: Connection): void;
  readonly all: ReadonlyMap<string, Connection>;
  /** Closes all sockets with 1001. Resolves when all are closed; those that do not answer are cut after a moment. */
  closeAll(): Promise<void>;
}

/** Registry of open sockets. Closes those that are idle or too old by `now`, in epoch milliseconds. */
export function createConnections(limits: WebSocketLimits, now: () => number): Connections {
  const all = new Map<string, Connection>();
  const touch = (connection: Connection): void => void (connection.lastActiveAt = now());
  const timer = setInterval(() => {
    const time = now();
    for (const { socket, lastActiveAt, event } of all.values()) {
      const isIdle = time - lastActiveAt > limits.idleMilliseconds;
      const isOld = time - event.handshake.connectedAt > limits.maxAgeMilliseconds;
      if ((isIdle || isOld) && socket.readyState === socket.OPEN) socket.close(1001, 'Going away');
    }
  }, limits.sweepMilliseconds);
  return {
    all,
    get: (id) => all.get(id),
    remove: (id) => void all.delete(id),
    touch,
    add: (event, socket, wire) => {
      const connection: Connection = { id: event.handshake.connectionId, event, socket, lastActiveAt: now(), silent: false };
      const guard = frameGuard((payloadBytes) => {
        touch(connection);
        if (payloadBytes > limits.frameBytes && socket.readyState === socket.OPEN) socket.close(1009, 'Frame too large');
      });
      // Runs before the library's own listener, so that an oversized frame never becomes a message.
      wire.prependListener('data', guard);
      all.set(connection.id, connection);
      return connection;
    },
    closeAll: async () => {
      clearInterval(timer);
      const closed = [...all.values()].map(
        ({ socket }) =>
          new Promise<void>((resolve) => {
            const force = setTimeout(() => socket.terminate(), 500);
            socket.once('close', () => {
              clearTimeout(force);
              resolve();
            });
            socket.close(1001, 'Going away');
          }),
      );
      await Promise.all(closed);
    },
  };
}
