import { startQdrant } from '../../../local/qdrant/qdrant.ts';
import type { Qdrant } from '../../../local/qdrant/qdrant.ts';
import { localEmbedder } from '../../../functions/embeddings/local-embedder.ts';
import type { IndexPoint } from '../../../functions/embeddings/point.ts';
import { openVectorIndex } from '../../../functions/embeddings/vector-index.ts';
import type { VectorIndex } from '../../../functions/embeddings/vector-index.ts';

/** The Qdrant that `QDRANT_URL` names, or the local runner's, which can be told to fail. */
export interface TestQdrant {
  readonly url: string;
  readonly local: Qdrant | undefined;
  stop(): Promise<void>;
}

export async function aQdrant(): Promise<TestQdrant> {
  const given = process.env['QDRANT_URL'];
  if (given !== undefined) return { url: given, local: undefined, stop: () => Promise.resolve() };
  const local = await startQdrant({ log: () => undefined });
  return { url: local.url, local, stop: () => local.stop() };
}

let made = 0;
/** An index of its own. */
export function anIndex({ url }: TestQdrant, dimension = localEmbedder.dimension, timeoutSeconds = 10): VectorIndex {
  const stage = `test-${process.pid}-${Date.now()}-${made++}`;
  return openVectorIndex({ url, stage, model: localEmbedder.model, dimension, timeoutSeconds });
}

export const inWorkspace = 'ws_one';

/** A public epoch of a stream, unless it is said otherwise. */
export async function aPoint(id: string, text: string, more: Partial<IndexPoint> = {}): Promise<IndexPoint> {
  const [vector] = await localEmbedder.embed([text], 'document');
  const usual = { kind: 'epoch', workspaceId: inWorkspace, streamId: 'str_open', visibility: 'public', at: new Date(1_000) } as const;
  return { id, text, vector: vector as Float32Array, ...usual, ...more };
}
