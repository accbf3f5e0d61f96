import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';

/** A received call. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
}

/** Answer to one call: a status and a body, or none at all. */
export type Answer = { status?: number; headers?: Record<string, string>; body: unknown } | 'hang' | 'cut';

/** A loopback server in the place of a provider. Answers are given call by call; the last one repeats. */
export interface ProviderDouble {
  readonly url: string;
  readonly received: Received[];
  /** Maximum number of parallel calls. */
  readonly mostAtOnce: () => number;
  answers(...answers: ((call: Received) => Answer)[]): void;
  stop(): Promise<void>;
}

export async function startProvider(protocol: 'http' | 'http2' = 'http'): Promise<ProviderDouble> {
  const received: Received[] = [];
  let queue: ((call: Received) => Answer)[] = [];
  let open = 0;
  let most = 0;
  const serve: RequestListener = (request: IncomingMessage, response: ServerResponse) => {
    most = Math.max(most, ++open);
    response.on('close', () => open--);
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const call = { path: request.url ?? '', headers: request.headers, body: JSON.parse(text) as Record<string, unknown> };
      received.push(call);
      const [next] = queue;
      if (queue.length > 1) queue = queue.slice(1);
      // Delayed, so that parallel calls are counted as parallel.
      setImmediate(() => reply(response, next?.(call) ?? { status: 404, body: {} }));
    });
  };
  const { server, drop } = protocol === 'http' ? overHttp(serve) : overHttp2(serve);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    mostAtOnce: () => most,
    answers: (...answers) => {
      queue = answers;
      received.length = 0;
      most = 0;
    },
    async stop() {
      drop();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function overHttp(serve: RequestListener) {
  const server = createServer(serve);
  return { server, drop: () => server.closeAllConnections() };
}

/** Serves HTTP/2 through Node's compatibility API, which gives the same requests and responses. */
function overHttp2(serve: RequestListener) {
  const sessions = new Set<ServerHttp2Session>();
  const server = createHttp2Server(serve as unknown as Parameters<typeof createHttp2Server>[1] & object);
  server.on('session', (session) => sessions.add(session));
  return { server, drop: () => sessions.forEach((session) => session.destroy()) };
}

function reply(response: ServerResponse, answer: Answer): void {
  if (answer === 'hang') return;
  if (answer === 'cut') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"data":[{"embedding":[0.1,');
    setImmediate(() => response.socket?.destroy());
    return;
  }
  response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers });
  response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
}

/** A vector that differs between texts: its length by theirs, its direction by their first character. */
export const vectorFor = (text: string, dimension: number): number[] =>
  Array.from({ length: dimension }, (_, at) => (at === text.charCodeAt(0) % dimension ? text.length : 0.001));
