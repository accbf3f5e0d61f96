import { localEmbedder } from '../../functions/embeddings/local-embedder.ts';
import type { Embedder } from '../../functions/embeddings/embedder.ts';
import { openVectorIndex } from '../../functions/embeddings/vector-index.ts';
import type { VectorIndex } from '../../functions/embeddings/vector-index.ts';
import type { Memory } from '../../functions/epochs/memory.ts';
import { startQdrant } from '../../local/qdrant/qdrant.ts';
import type { Qdrant } from '../../local/qdrant/qdrant.ts';

/** What memory stands on in tests: the offline embedder, and a Qdrant in memory that starts when it is first needed. */
export interface TestMemory extends Memory {
  /** Whose vectors are asked for; put another in its place to have it fail. */
  using: Embedder;
  qdrant(): Promise<Qdrant>;
  stop(): Promise<void>;
}

export function createTestMemory(): TestMemory {
  let qdrant: Promise<Qdrant> | undefined;
  const indexes = new Map<string, VectorIndex>();
  const memory: TestMemory = {
    using: localEmbedder,
    embedder: async () => memory.using,
    async indexOf({ model, dimension }) {
      const key = `${model} ${dimension}`;
      const held = indexes.get(key) ?? openVectorIndex({ url: (await memory.qdrant()).url, stage: 'test', model, dimension });
      indexes.set(key, held);
      return held;
    },
    qdrant() {
      qdrant ??= startQdrant({ log: () => undefined });
      return qdrant;
    },
    async stop() {
      await (await qdrant)?.stop();
    },
  };
  return memory;
}
