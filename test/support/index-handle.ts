import { localEmbedder } from '../../functions/embeddings/local-embedder.ts';
import type { Embedder } from '../../functions/embeddings/embedder.ts';
import type { VectorIndex } from '../../functions/embeddings/vector-index.ts';
import type { IndexHandle } from '../../functions/epochs/index-handle.ts';
import { startTestQdrant } from './qdrant.ts';
import type { TestQdrant } from './qdrant.ts';

/** The services that memory uses in tests: the offline embedder, and a Qdrant that starts when it is first needed. */
export interface TestIndexHandle extends IndexHandle {
  /** The embedder; a test may replace it. */
  using: Embedder;
  qdrant(): Promise<TestQdrant>;
  stop(): Promise<void>;
}

export function createTestIndex(): TestIndexHandle {
  let qdrant: Promise<TestQdrant> | undefined;
  const indexes = new Map<string, VectorIndex>();
  const handle: TestIndexHandle = {
    using: localEmbedder,
    embedder: async () => handle.using,
    async open({ model, dimension }) {
      const server = await handle.qdrant();
      const key = `${model} ${dimension}`;
      const held = indexes.get(key) ?? server.openIndex({ model, dimension });
      indexes.set(key, held);
      return held;
    },
    qdrant() {
      qdrant ??= startTestQdrant();
      return qdrant;
    },
    async stop() {
      await (await qdrant)?.stop();
    },
  };
  return handle;
}
