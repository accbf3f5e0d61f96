import { setTimeout as wait } from 'node:timers/promises';
import type { App } from '../platform/app.ts';
import { listUncut } from './assign-store.ts';
import type { Memory } from './memory.ts';

/** More than this at once is a past that comes in: what is said is cut by its words then, as it would cost more than it tells. */
const liveMessages = 50;
/** What is said now is cut now: a provider that takes longer is not waited for. */
const patienceMs = 1_500;

/**
 * What the messages behind the cursor of a stream mean, by position, where a provider of embeddings tells more than their words do. It is
 * asked before anything is held; where it does not answer there is nothing, and the words decide.
 */
export async function listMessageVectors(
  app: Pick<App, 'db' | 'log'> & { readonly memory: Pick<Memory, 'embedder'> },
  workspaceId: string,
  streamId: string,
): Promise<ReadonlyMap<number, Float32Array>> {
  const none = new Map<number, Float32Array>();
  const asked = ask(app, workspaceId, streamId).catch((error: unknown) => {
    app.log.warn('Messages are cut by their words alone', { streamId, error: error as Error });
    return none;
  });
  return Promise.race([asked, wait(patienceMs, none, { ref: false })]);
}

async function ask(
  app: Parameters<typeof listMessageVectors>[0],
  workspaceId: string,
  streamId: string,
): Promise<ReadonlyMap<number, Float32Array>> {
  const embedder = await app.memory.embedder();
  if (embedder.isOffline) return new Map();
  const { events } = await app.db.transaction(workspaceId, (tx) => listUncut(tx, streamId, liveMessages));
  if (events.length === 0 || events.length === liveMessages) return new Map();
  const speaking = events.filter(({ text }) => text.trim() !== '');
  const vectors = await embedder.embed(
    speaking.map(({ text }) => text),
    'query',
  );
  return new Map(speaking.flatMap(({ seq }, at) => (vectors[at] ? [[seq, vectors[at]] as const] : [])));
}
