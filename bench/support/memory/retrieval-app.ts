import { ClientEventId } from '../../../contract/ids.ts';
import type { MemoryQuery } from '../../../contract/epoch.ts';
import type { Embedder } from '../../../functions/embeddings/embedder.ts';
import { openVectorIndex } from '../../../functions/embeddings/vector-index.ts';
import type { VectorIndex } from '../../../functions/embeddings/vector-index.ts';
import { searchMemory } from '../../../functions/epochs/search/search-memory.ts';
import { setBarrier } from '../../../functions/epochs/cutting/set-barrier.ts';
import { createStream } from '../../../functions/streams/streams/create-stream.ts';
import { postEvent } from '../../../functions/streams/events/post-event.ts';
import { callerOf, appOver } from '../use-case-app.ts';
import type { BenchDatabase } from '../database.ts';
import { createBenchWorker } from './memory-worker.ts';
import type { RetrievalDocument } from './retrieval.ts';
import { nthUser, seedWorkspace, theWorkspace } from '../seeding.ts';

/** A workspace whose stream holds documents, one epoch each, on a real Postgres and the index at `qdrantUrl`. */
export interface RetrievalApp {
  readonly index: VectorIndex;
  /** Posts documents an hour apart; resolves when the workers of memory have cut, embedded and indexed them. */
  ingest(documents: readonly RetrievalDocument[]): Promise<void>;
  /** Ids of documents, best first, as the search of memory returns them to a member. */
  search(text: string, mode: MemoryQuery['mode'], limit: number): Promise<string[]>;
  /** Deletes the workspace from the index. */
  stop(): Promise<void>;
}

const hourMs = 3_600_000;

export async function openRetrievalApp(database: BenchDatabase, embedder: Embedder, qdrantUrl: string): Promise<RetrievalApp> {
  await seedWorkspace(await database.connect(), 1);
  let now = Date.parse('2020-01-01T00:00:00Z');
  const index = openVectorIndex({ url: qdrantUrl, stage: 'bench', model: embedder.model, dimension: embedder.dimension });
  await index.ensure();
  await index.removeWhere({ workspaceId: theWorkspace });
  const handle = { embedder: async () => embedder, open: async () => index };
  const app = { ...appOver(database.open()), clock: { now: () => new Date(now) }, index: handle };
  const caller = callerOf(theWorkspace, nthUser(1));
  const { stream } = await createStream(app, caller, { streamType: 'channel', name: 'Documents', visibility: 'public' });
  let left = 0;
  const worker = createBenchWorker(database.open(), { url: qdrantUrl }, () => left++, embedder);
  const documentOf = new Map<number, string>();

  return {
    index,
    async ingest(documents) {
      for (const { id, title, text } of documents) {
        now += hourMs;
        const { event } = await postEvent(app, caller, {
          streamId: stream.id,
          eventType: 'message',
          text: `${title}\n${text}`.trim() || '-',
          mentions: [],
          clientEventId: ClientEventId.parse(crypto.randomUUID()),
        });
        documentOf.set(event.seq, id);
      }
      await setBarrier({ ...app, epochsQueueUrl: 'epochs' }, caller, { streamId: stream.id });
      for (let before = -1; before !== left;) {
        before = left;
        await worker.assign({ kind: 'stream', workspaceId: theWorkspace, streamId: stream.id });
      }
      // Each step handles a part of the backlog.
      for (let before = -1, indexed = 0; before !== indexed; indexed = await index.count({ workspaceId: theWorkspace })) {
        before = indexed;
        await worker.work({ kind: 'waiting', workspaceId: theWorkspace, attempt: 0 });
      }
    },
    async search(text, mode, limit) {
      const { items } = await searchMemory(app, caller, { q: text, mode, limit });
      return items.flatMap(({ epoch }) => documentOf.get(epoch.firstSeq) ?? []);
    },
    async stop() {
      await index.removeWhere({ workspaceId: theWorkspace });
    },
  };
}
