import { localEmbedder } from '../../functions/embeddings/local-embedder.ts';
import type { Embedder } from '../../functions/embeddings/embedder.ts';
import type { VectorIndex } from '../../functions/embeddings/vector-index.ts';
import type { Memory } from '../../functions/epochs/index-handle.ts';
import { startTestQdrant } from './qdrant.ts';
import type { TestQdrant } from './qdrant.ts';

/** Services of memory in tests: the offline embedder, and a Qdrant that starts at its first use. */
export interface TestMemory extends Memory {
  /** Current embedder; replace it with one that fails. */
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
