import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A push that a service got. */
export interface ReceivedPush {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}
export interface PushService {
  readonly origin: string;
  readonly received: ReceivedPush[];
  /** Answers for paths: a status, with headers where they matter. Others are taken. */
  readonly answers: Map<string, { status: number; headers?: Record<string, string> }>;
  stop(): Promise<void>;
}

/** A push service on loopback that keeps what it gets (RFC 8030). */
export async function startPushService(): Promise<PushService> {
  const received: ReceivedPush[] = [];
  const answers: PushService['answers'] = new Map();
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const path = request.url ?? '';
      received.push({ path, headers: request.headers, body: Buffer.concat(parts) });
      const { status, headers } = answers.get(path) ?? { status: 201 };
      response.writeHead(status, { connection: 'close', ...headers }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { origin, received, answers, stop: () => new Promise((resolve) => server.close(() => resolve())) };
}
