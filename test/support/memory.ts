import { localEmbedder } from '../../functions/embeddings/local-embedder.ts';
import type { Embedder } from '../../functions/embeddings/embedder.ts';
import type { VectorIndex } from '../../functions/embeddings/vector-index.ts';
import type { Memory } from '../../functions/epochs/indexing/memory.ts';
import { startTestQdrant } from './qdrant.ts';
import type { TestQdrant } from './qdrant.ts';

/** The services that memory uses in tests: the offline embedder, and a Qdrant that starts when it is first needed. */
export interface TestMemory extends Memory {
  /** Whose vectors are asked for; put another in its place to have it fail. */
  using: Embedder;
  qdrant(): Promise<TestQdrant>;
  stop(): Promise<void>;
}

export function createTestMemory(): TestMemory {
  let qdrant: Promise<TestQdrant> | undefined;
  const indexes = new Map<string, VectorIndex>();
  const memory: TestMemory = {
    using: localEmbedder,
    embedder: async () => memory.using,
    async indexOf({ model, dimension }) {
      const server = await memory.qdrant();
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
  return memory;
}
