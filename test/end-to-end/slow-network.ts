import { createServer as createHttpServer, request, type Server as HttpServer } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** A slow network between one browser and the app: a proxy on loopback. */
export interface SlowNetwork {
  /** Proxy address for a browser context. */
  readonly server: string;
  /** Number of refused connections since the network was lost. */
  readonly refused: number;
  /** Cuts every connection and refuses new ones, as without reception. */
  lose(): void;
  restore(): void;
  stop(): Promise<void>;
}

/**
 * Starts a proxy for HTTP and WebSockets that delays every byte by `oneWayMs` in both directions, because Chromium itself can delay only
 * HTTP. It is two servers: the first one delays bytes, the second one is a plain proxy.
 */
export async function startSlowNetwork(oneWayMs: number): Promise<SlowNetwork> {
  const proxy = createProxy();
  const proxyPort = await listen(proxy);
  const open = new Set<Socket>();
  let lost = false;
  let refused = 0;
  const relay = createServer({ allowHalfOpen: true }, (near) => {
    if (lost) {
      refused++;
      near.destroy();
      return;
    }
    const far = connect({ port: proxyPort, host: '127.0.0.1', allowHalfOpen: true });
    for (const [from, to] of [[near, far] as const, [far, near] as const]) {
      open.add(from);
      delay(from, to, oneWayMs);
      from.on('close', () => open.delete(from));
    }
  });
  const port = await listen(relay);
  const cut = (): void => open.forEach((socket) => socket.destroy());
  return {
    server: `http://127.0.0.1:${port}`,
    get refused() {
      return refused;
    },
    lose() {
      [lost, refused] = [true, 0];
      cut();
    },
    restore: () => void (lost = false),
    async stop() {
      cut();
      proxy.closeAllConnections();
      await Promise.all([relay, proxy].map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

/** Forwards bytes after a delay; timers of the same length keep their order. */
function delay(from: Socket, to: Socket, milliseconds: number): void {
  const later = (act: () => void): void => void setTimeout(() => to.destroyed || act(), milliseconds);
  from.on('data', (chunk: Buffer) => later(() => to.write(chunk)));
  from.on('end', () => later(() => to.end()));
  from.on('error', () => to.destroy());
  from.on('close', () => later(() => to.destroy()));
}

/** A plain proxy: absolute addresses for HTTP, tunnels for sockets. */
function createProxy(): HttpServer {
  const server = createHttpServer((incoming, response) => {
    const onward = request(incoming.url ?? '', { method: incoming.method, headers: incoming.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  server.on('connect', ({ url = '' }, near: Duplex) => {
    const { hostname, port } = new URL(`http://${url}`);
    const far = connect(Number(port || 80), hostname, () => {
      near.write('HTTP/1.1 200 Connection established\r\n\r\n');
      near.pipe(far).pipe(near);
    });
    far.on('error', () => near.destroy());
    near.on('error', () => far.destroy());
    near.on('close', () => far.destroy());
  });
  return server;
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
