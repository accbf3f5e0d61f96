import { EmbeddingFailed } from '../../embeddings/embedder.ts';
import type { App } from '../../platform/app.ts';
import { eventsPerBatch, listUncut } from './cut-store.ts';
import type { Memory } from '../index-handle.ts';

type VectorsApp = Pick<App, 'db' | 'clock' | 'log'> & { readonly memory: Pick<Memory, 'embedder'> };

/**
 * What was said longer ago is a past that comes in, and is cut by its words: it would cost more than it tells. What waits longer for a
 * provider does not wait for it any more.
 */
const recentMs = 30 * 60_000;

/** What messages mean, by position. What came after `upTo` was not asked about, and is cut the next time; undefined: by its words, too. */
export interface MessageVectors {
  readonly vectors: ReadonlyMap<number, Float32Array>;
  readonly upTo: number | undefined;
}

const byWords: MessageVectors = { vectors: new Map(), upTo: undefined };

/**
 * What the messages behind the cursor of a stream mean, by position, where a provider of embeddings tells more than their words do. It is
 * asked before anything is held. While it does not answer, what was just said waits (undefined), so that its epochs are those that they
 * would have been.
 */
export async function listMessageVectors(app: VectorsApp, workspaceId: string, streamId: string): Promise<MessageVectors | undefined> {
  const embedder = await app.memory.embedder().catch(orFailure);
  if (!(embedder instanceof EmbeddingFailed) && embedder.isOffline) return byWords;
  const { events } = await app.db.transaction(workspaceId, (tx) => listUncut(tx, streamId, eventsPerBatch));
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
