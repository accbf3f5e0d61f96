import { localEmbedder } from '../../../functions/embeddings/local-embedder.ts';
import type { IndexPoint } from '../../../functions/embeddings/point.ts';

export const inWorkspace = 'ws_one';

/** A point of a public epoch, unless `more` says otherwise. */
export async function aPoint(id: string, text: string, more: Partial<IndexPoint> = {}): Promise<IndexPoint> {
  const [vector] = await localEmbedder.embed([text], 'document');
  const usual = { kind: 'epoch', workspaceId: inWorkspace, streamId: 'str_open', visibility: 'public', at: new Date(1_000) } as const;
  return { id, text, vector: vector as Float32Array, ...usual, ...more };
}
