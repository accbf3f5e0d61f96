import type { Embedder } from '../embeddings/embedder.ts';
import type { Guarding } from '../embeddings/guarded.ts';
import { openEmbedderOnce } from '../embeddings/open-embedder.ts';
import { openIndex } from '../embeddings/open-index.ts';
import type { VectorIndex } from '../embeddings/vector-index.ts';

/** What memory stands on outside the database: who makes vectors, and where they are found. */
export interface Memory {
  /** Throws `EmbeddingFailed` where the provider has to be asked how it is, and cannot be. */
  embedder(): Promise<Embedder>;
  /** The index of the vectors of one model. */
  indexOf(model: Pick<Embedder, 'model' | 'dimension'>): Promise<VectorIndex>;
}

/** What the environment names; opened when it is first needed, and again where that failed. A collection is there before it is used. */
export function openMemory(guarding: Guarding): Memory {
  const indexes = new Map<string, Promise<VectorIndex>>();
  return {
    embedder: openEmbedderOnce(guarding),
    indexOf({ model, dimension }) {
      const key = `${model} ${dimension}`;
      const held = indexes.get(key) ?? openEnsured({ model, dimension });
      held.catch(() => indexes.delete(key));
      indexes.set(key, held);
      return held;
    },
  };
}

async function openEnsured(model: Parameters<Memory['indexOf']>[0]): Promise<VectorIndex> {
  const index = await openIndex(model);
  await index.ensure();
  return index;
}
