import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { asksReady, sendStartup } from './startup.ts';

/** Handler of the requests at the port. */
export interface Front {
  request(request: IncomingMessage, response: ServerResponse): void;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** The one port of the runner, on loopback only. */
export interface Port {
  readonly number: number;
  /** Passes requests to this front from now on. Earlier ones are answered with 503. */
  open(front: Front): void;
  close(): Promise<void>;
}

/** Opens a port (0: any free one) on both loopback addresses, so that `localhost` works however it resolves. */
export async function takePort(wanted: number): Promise<Port> {
  let front: Front = starting;
  const make = (): Server => {
    const server = createServer((request, response) => front.request(request, response));
    server.on('upgrade', (request, socket, head) => front.upgrade(request, socket, head));
    server.keepAliveTimeout = 65_000;
    return server;
  };
  const servers = [make()];
  const number = await listen(servers[0] as Server, wanted, '127.0.0.1');
  const second = make();
  // Some machines have no IPv6; and when another process holds the port there, that process keeps it.
  const listening = await listen(second, number, '::1').then(
    () => true,
    () => false,
  );
  if (listening) servers.push(second);
  return {
    number,
    open: (given) => (front = given),
    close: async () => {
      await Promise.all(
        servers.map((server) => {
          const closed = new Promise((resolve) => server.close(resolve));
          server.closeAllConnections();
          return closed;
        }),
      );
    },
  };
}

const starting: Front = {
  request(request, response) {
    if (asksReady(request)) return sendStartup('starting', response);
    response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' });
    response.end('{"message":"Streambed is starting"}');
  },
  upgrade(_, socket) {
    socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  },
};

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE' ? new Error(`The port ${port} is taken; choose another one with --port`, { cause: error }) : error,
      );
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}
