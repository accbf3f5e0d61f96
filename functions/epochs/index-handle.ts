import type { Embedder } from '../embeddings/embedder.ts';
import type { Guarding } from '../embeddings/guarded.ts';
import { openEmbedderOnce } from '../embeddings/open-embedder.ts';
import { openIndex } from '../embeddings/open-index.ts';
import type { VectorIndex } from '../embeddings/vector-index.ts';

/** A handle on the vector index and its embedder, both opened on first use. */
export interface IndexHandle {
  /** Throws `EmbeddingFailed` when the provider must be asked for its dimension and does not answer. */
  embedder(): Promise<Embedder>;
  /** Opens the collection of one model, and creates it if it is missing. */
  open(model: Pick<Embedder, 'model' | 'dimension'>): Promise<VectorIndex>;
}

/** The embedder and the index that the environment names. A failed opening is tried again by the next call. */
export function openIndexHandle(guarding: Guarding): IndexHandle {
  const indexes = new Map<string, Promise<VectorIndex>>();
  return {
    embedder: openEmbedderOnce(guarding),
    open({ model, dimension }) {
      const key = `${model} ${dimension}`;
      const opened = indexes.get(key) ?? openEnsured({ model, dimension });
      opened.catch(() => indexes.delete(key));
      indexes.set(key, opened);
      return opened;
    },
  };
}

async function openEnsured(model: Parameters<IndexHandle['open']>[0]): Promise<VectorIndex> {
  const index = await openIndex(model);
  await index.ensure();
  return index;
}
