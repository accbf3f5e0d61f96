import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { localEmbedder } from '../../functions/embeddings/local-embedder.ts';

/** An embeddings provider behind HTTP that can fail: it implements OpenAI's `/embeddings` with lexical vectors. */
export interface WordProvider {
  /** Value of `EMBEDDING_URL`. */
  readonly url: string;
  readonly dimension: number;
  /** All embedded texts, with repetitions. */
  readonly texts: readonly string[];
  /** Refuses everything from its n-th text on; resolves at that moment. */
  failAfter(texts: number): Promise<void>;
  /** Number of refused requests. */
  readonly refusals: number;
  recover(): void;
  stop(): Promise<void>;
}

export async function startWordProvider(): Promise<WordProvider> {
  const texts: string[] = [];
  let limit = Infinity;
  let refusals = 0;
  let reached = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const embed = async (): Promise<void> => {
      const { input } = (await json(request)) as { input: string[] };
      if (texts.length + input.length > limit) {
        refusals++;
        reached.resolve();
        return answer(503, { error: { message: 'down on purpose' } });
      }
      texts.push(...input);
      const vectors = await localEmbedder.embed(input, 'document');
      answer(200, { data: vectors.map((vector, index) => ({ index, embedding: [...vector] })) });
    };
    embed().catch((error: unknown) => answer(500, { error: { message: String(error) } }));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    dimension: localEmbedder.dimension,
    texts,
    get refusals() {
      return refusals;
    },
    failAfter(count) {
      limit = texts.length + count;
      reached = Promise.withResolvers<void>();
      return reached.promise;
    },
    recover: () => void (limit = Infinity),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
