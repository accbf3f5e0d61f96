import type { Embedder } from '../../../functions/embeddings/embedder.ts';
import { localEmbedder } from '../../../functions/embeddings/local-embedder.ts';
import { openVectorIndex } from '../../../functions/embeddings/vector-index.ts';
import { assignEvents } from '../../../functions/epochs/cutting/assign-events.ts';
import { createKnowledge } from '../../../functions/epochs/learning/knowledge.ts';
import { handleIndexMessage } from '../../../functions/epochs/indexing/index-worker.ts';
import type { Database } from '../../../functions/platform/database.ts';
import type { EmbeddingsMessage, EpochsMessage } from '../../../contract/messages/memory.ts';
import { appOver } from '../use-case-app.ts';

/** One worker of each queue of memory, each with its own connection, as environments have. */
export interface BenchWorker {
  assign(message: EpochsMessage): Promise<void>;
  work(message: EmbeddingsMessage): Promise<void>;
}

/** `onNudge` is given the nudges that it sends itself; due workspaces, which nobody sweeps, are not stored. */
export function createBenchWorker(
  db: Database,
  index: { readonly url: string },
  onNudge: (nudge: EpochsMessage) => void,
  embedder: Embedder = localEmbedder,
): BenchWorker {
  const urls = { epochsQueueUrl: 'epochs', embeddingsQueueUrl: 'embeddings' };
  const base = appOver(db);
  const app = {
    ...base,
    ...urls,
    queues: {
      ...base.queues,
      sendLater: async (url: string, body: object) => {
        if (url === urls.epochsQueueUrl) onNudge(body as EpochsMessage);
      },
    },
    due: {
      note: async () => undefined,
      listDue: async () => [],
      settle: async () => undefined,
      countClosed: async () => undefined,
      listClosed: async () => [],
      forgetClosed: async () => undefined,
    },
    knowledge: createKnowledge(),
    index: {
      embedder: async () => embedder,
      open: async ({ model, dimension }: { model: string; dimension: number }) => {
        opened ??= openVectorIndex({ url: index.url, stage: 'bench', model, dimension });
        return opened;
      },
    },
  };
  let opened: ReturnType<typeof openVectorIndex> | undefined;
  return { assign: (message) => assignEvents(app, message), work: (message) => handleIndexMessage(app, message) };
}
