import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { close, listen, readBody } from '../aws-endpoint.ts';
import type { Log } from '../types.ts';
import { Collections } from './collections.ts';
import { formatError, notFound, QdrantError } from './errors.ts';
import { createFaults, type ArmedFaults, type QdrantFaults } from './faults.ts';
import { findRoute } from './routes.ts';
import { noStorage, openStorage } from './storage.ts';

export interface QdrantOptions {
  /** Folder of the collections; without it they are deleted with the server. */
  readonly folder?: string;
  /** Port on loopback; any free one by default. */
  readonly port?: number;
  readonly log: Log;
  /** Required of every caller when given. */
  readonly apiKey?: string;
}

export interface Qdrant {
  /** Value of `QDRANT_URL`. */
  readonly url: string;
  readonly faults: QdrantFaults;
  stop(): Promise<void>;
}

interface Running {
  readonly collections: Collections;
  readonly faults: ArmedFaults;
  readonly log: Log;
  readonly apiKey: string | undefined;
}

/** Reported version. The client checks that it is at most one minor version behind its own. */
const version = '1.19.0';
const maxRequestBytes = 32 * 1024 * 1024;
const openPaths = ['/', '/healthz', '/livez', '/readyz'];

/**
 * A small Qdrant with its REST API, on loopback only: collections with named dense and sparse vectors, payload indexes, filters, hybrid
 * queries and aliases. Searches are exact: they scan every point that the indexes leave. Acknowledged changes are in a file and survive a
 * crash of the process.
 */
export async function startQdrant({ folder, port = 0, log, apiKey }: QdrantOptions): Promise<Qdrant> {
  const storage = folder === undefined ? noStorage : openStorage(folder);
  const faults = createFaults((name) => collections.delete(collections.nameOf(name)));
  const collections: Collections = new Collections(storage, await storage.load(), faults, log);
  const running: Running = { collections, faults, log, apiKey };
  const server: Server = createServer((request, response) => {
    answer(running, request, response).catch((error: unknown) => {
      // The caller left before its request was complete.
      if (request.destroyed && !request.complete) return;
      log('error', 'the local Qdrant failed', { error: String((error as Error).stack ?? error) });
      response.destroy();
    });
  });
  server.keepAliveTimeout = 65_000;
  try {
    await listen(server, port);
  } catch (error) {
    collections.close();
    throw error;
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    async stop() {
      await close(server);
      collections.close();
    },
  };
}

async function answer(running: Running, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const started = performance.now();
  const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://qdrant');
  if (running.faults.isDown) return void request.socket.destroy();
  if (openPaths.includes(pathname)) return sendOpen(pathname, response);
  const refusal = refuse(running, request);
  if (refusal !== undefined) return void response.writeHead(401, { 'content-type': 'text/plain; charset=utf-8' }).end(refusal);
  const sent = await perform(running, request, pathname, query).then(
    (result) => ({ status: 200, body: { result, status: 'ok' } }),
    (error: unknown) => failure(running, error),
  );
  // The server may have gone down while it read the request.
  if (running.faults.isDown) return void request.socket.destroy();
  const body = JSON.stringify({ ...sent.body, time: (performance.now() - started) / 1_000 });
  response.writeHead(sent.status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
}

async function perform({ collections, faults }: Running, request: IncomingMessage, path: string, query: URLSearchParams): Promise<unknown> {
  const bytes = await readBody(request, maxRequestBytes);
  await faults.strike();
  if (bytes === undefined) throw new QdrantError(413, `JSON payload is larger than allowed (limit: ${maxRequestBytes} bytes).`);
  const route = findRoute(request.method ?? 'GET', path);
  if (route === undefined) throw notFound(`the local Qdrant has no ${request.method} ${path}`);
  const { serve, collection, item } = route;
  return await serve(collections, { collection, item, query, body: parse(bytes) });
}

function failure({ log }: Running, error: unknown) {
  if (!(error instanceof QdrantError)) log('error', 'the local Qdrant failed', { error: String((error as Error).stack ?? error) });
  const [status, message] =
    error instanceof QdrantError ? [error.status, error.message] : [500, `Service internal error: ${String(error)}`];
  return { status, body: { status: { error: message } } };
}

function parse(bytes: Buffer): unknown {
  if (bytes.length === 0) return {};
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw formatError((error as Error).message);
  }
}

function sendOpen(path: string, response: ServerResponse): void {
  if (path !== '/')
    return void response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(`${path.slice(1)} check passed`);
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ title: 'qdrant - vector search engine', version }));
}

/** Reason for refusing a caller; undefined when there is none. */
function refuse({ apiKey }: Running, { headers }: IncomingMessage): string | undefined {
  if (apiKey === undefined) return undefined;
  const given = headers['api-key'] ?? /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  if (given === undefined) return 'Must provide an API key or an Authorization bearer token';
  return given === apiKey ? undefined : 'Invalid API key or JWT';
}
