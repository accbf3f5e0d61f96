import { EmbeddingFailed } from '../../embeddings/embedder.ts';
import type { App } from '../../platform/app.ts';
import type { IndexHandle } from '../index-handle.ts';
import { eventsPerBatch, listUncutEvents } from './cut-store.ts';

type VectorsApp = Pick<App, 'db' | 'clock' | 'log'> & { readonly index: Pick<IndexHandle, 'embedder'> };

/**
 * Older messages are cut by their words alone: vectors of a back-fill cost more than they improve. A message that waits this long for the
 * provider is also cut without its vector.
 */
const recentMs = 30 * 60_000;

/** Vectors of messages by position. Messages after `upTo` are left to the next batch; undefined cuts all of them. */
export interface MessageVectors {
  readonly vectors: ReadonlyMap<number, Float32Array>;
  readonly upTo: number | undefined;
}

const byWords: MessageVectors = { vectors: new Map(), upTo: undefined };

/**
 * Embeds the messages behind the cursor of a stream, before any lock is taken; offline the result is empty. While the provider does not
 * answer, the result is undefined and recent messages wait, so that an outage does not change their epochs.
 */
export async function listMessageVectors(app: VectorsApp, workspaceId: string, streamId: string): Promise<MessageVectors | undefined> {
  const embedder = await app.index.embedder().catch(orFailure);
  if (!(embedder instanceof EmbeddingFailed) && embedder.isOffline) return byWords;
  const { events } = await app.db.transaction({ workspaceId }, (tx) => listUncutEvents(tx, streamId, eventsPerBatch));
  const since = new Date(app.clock.now().getTime() - recentMs);
  const recent = events.filter(({ text, createdAt }) => text.trim() !== '' && createdAt > since);
  const upTo = events.at(-1)?.seq ?? 0;
  if (recent.length === 0) return { vectors: new Map(), upTo };
  const texts = recent.map(({ text }) => text);
  const vectors = embedder instanceof EmbeddingFailed ? embedder : await embedder.embed(texts, 'query').catch(orFailure);
  if (vectors instanceof EmbeddingFailed) {
    const waits = events.every(({ createdAt }) => createdAt > since);
    app.log.warn(waits ? 'Messages wait to be cut' : 'Messages are cut by their words alone', { streamId, error: vectors });
    return waits ? undefined : byWords;
  }
  return { vectors: new Map(recent.flatMap(({ seq }, at) => (vectors[at] ? [[seq, vectors[at]] as const] : []))), upTo };
}

function orFailure(error: unknown): EmbeddingFailed {
  if (error instanceof EmbeddingFailed) return error;
  throw error;
}
