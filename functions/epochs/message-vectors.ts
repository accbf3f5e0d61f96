import { EmbeddingFailed } from '../embeddings/embedder.ts';
import type { App } from '../platform/app.ts';
import { eventsPerBatch, listUncut } from './assign-store.ts';
import type { SpokenEvent } from './epoch.ts';
import type { Memory } from './memory.ts';

type VectorsApp = Pick<App, 'db' | 'clock' | 'log'> & { readonly memory: Pick<Memory, 'embedder'> };

/** What was said longer ago is a past that comes in: it is cut by its words, as it would cost more than it tells. */
const recentMs = 24 * 3_600_000;
/** A provider that is away holds up the cutting for so long; then the words alone decide. */
const patienceMs = 15 * 60_000;

/**
 * What the messages behind the cursor of a stream mean, by position, where a provider of embeddings tells more than their words do. It is
 * asked before anything is held. While it does not answer, what was just said waits (undefined), so that its epochs are those that they
 * would have been; what has waited too long does not.
 */
export async function listMessageVectors(
  app: VectorsApp,
  workspaceId: string,
  streamId: string,
): Promise<ReadonlyMap<number, Float32Array> | undefined> {
  try {
    const embedder = await app.memory.embedder();
    if (embedder.isOffline) return new Map();
    const speaking = await listSpeaking(app, workspaceId, streamId);
    const vectors = await embedder.embed(
      speaking.map(({ text }) => text),
      'query',
    );
    return new Map(speaking.flatMap(({ seq }, at) => (vectors[at] ? [[seq, vectors[at]] as const] : [])));
  } catch (error) {
    if (!(error instanceof EmbeddingFailed)) throw error;
    const [oldest] = await listSpeaking(app, workspaceId, streamId);
    const waits = oldest !== undefined && app.clock.now().getTime() - oldest.createdAt.getTime() < patienceMs;
    app.log.warn(waits ? 'Messages wait to be cut' : 'Messages are cut by their words alone', { streamId, error });
    return waits ? undefined : new Map();
  }
}

async function listSpeaking(app: VectorsApp, workspaceId: string, streamId: string): Promise<SpokenEvent[]> {
  const { events } = await app.db.transaction(workspaceId, (tx) => listUncut(tx, streamId, eventsPerBatch));
  const since = app.clock.now().getTime() - recentMs;
  return events.filter(({ text, createdAt }) => text.trim() !== '' && createdAt.getTime() > since);
}
