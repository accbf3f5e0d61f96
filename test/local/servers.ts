import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { close, listen } from '../../local/aws-endpoint.ts';

interface Handlers {
  handle: RequestListener;
  upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

/** Serves an emulator's handlers on a port of loopback. */
export async function serve({ handle, upgrade }: Handlers) {
  const server = createServer(handle);
  if (upgrade) server.on('upgrade', upgrade);
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, wsUrl: `ws://127.0.0.1:${port}`, port, stop: () => close(server) };
}
