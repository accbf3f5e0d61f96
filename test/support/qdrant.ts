import { createServer, request as requestHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { QdrantClient } from '@qdrant/js-client-rest';
import { localEmbedder } from '../../functions/embeddings/local-embedder.ts';
import { openVectorIndex } from '../../functions/embeddings/vector-index.ts';
import type { IndexSettings, VectorIndex } from '../../functions/embeddings/vector-index.ts';
import { close, listen } from '../../local/aws-endpoint.ts';
import { startQdrant } from '../../local/qdrant/qdrant.ts';

/** The server of `QDRANT_URL`, or a Qdrant in memory. Tests can take either down for themselves. */
export interface TestQdrant {
  readonly url: string;
  readonly faults: { down(isDown?: boolean): void };
  /** A client that bypasses all faults. */
  readonly client: QdrantClient;
  /** Returns an index in a new collection at each call. */
  openIndex(settings?: Partial<Pick<IndexSettings, 'model' | 'dimension' | 'timeoutSeconds'>>): VectorIndex;
  /** Deletes its collections, and stops what it started. */
  stop(): Promise<void>;
}

type Server = Pick<TestQdrant, 'url' | 'faults' | 'stop'> & { readonly direct: string };

export async function startTestQdrant(): Promise<TestQdrant> {
  const apiKey = process.env['QDRANT_API_KEY'] || undefined;
  const given = process.env['QDRANT_URL'] || undefined;
  const server = given === undefined ? await startOwn() : await startProxy(new URL(given));
  const client = new QdrantClient({
    url: server.direct,
    port: null,
    checkCompatibility: false,
    ...(apiKey !== undefined && { headers: { 'api-key': apiKey } }),
  });
  const collections: string[] = [];
  return {
    url: server.url,
    faults: server.faults,
    client,
    openIndex(settings) {
      const { model, dimension } = localEmbedder;
      const own = { url: server.url, stage: `test-${crypto.randomUUID()}`, ...(apiKey !== undefined && { apiKey }) };
      const index = openVectorIndex({ model, dimension, ...settings, ...own });
      collections.push(index.collection);
      return index;
    },
    async stop() {
      // False for a collection that does not exist.
      for (const collection of collections) await client.deleteCollection(collection);
      await server.stop();
    },
  };
}

async function startOwn(): Promise<Server> {
  const qdrant = await startQdrant({ log: () => undefined });
  return { ...qdrant, direct: qdrant.url };
}

/** Proxy in front of an external server, so that it is down for this test only. */
async function startProxy(target: URL): Promise<Server> {
  let isCut = false;
  const proxy = createServer((request, response) => {
    if (isCut) request.socket.destroy();
    else forward(target, request, response);
  });
  await listen(proxy, 0);
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    direct: target.href,
    faults: { down: (isDown = true) => void (isCut = isDown) },
    stop: () => close(proxy),
  };
}

function forward(target: URL, request: IncomingMessage, response: ServerResponse): void {
  const send = target.protocol === 'https:' ? requestHttps : requestHttp;
  const { method } = request;
  const onward = send(new URL(request.url ?? '/', target), { method, headers: { ...request.headers, host: target.host } }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  request.pipe(onward);
}
