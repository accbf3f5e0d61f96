import type { EmbeddingsMessage, EpochsMessage } from '../../../contract/messages/memory.ts';
import type { IndexApp } from './index-epochs.ts';
import { indexTogether } from './index-together.ts';
import { findRunning, finishJob, listNextEpochs, moveJob } from './job-store.ts';
import { listUncutStreams } from '../cutting/cursor-store.ts';
import { endMove, findModels } from './model-store.ts';

/** Epochs of one step: what a crash or a provider that is away has done again. */
const epochsPerStep = 50;

/**
 * One step of long work over all closed epochs: the next ones are written into the index as they are, with vectors of the model that is
 * configured. Where the workspace was moving to that model, it has when the last step is done. Safe to repeat: a step that was done
 * already moves nothing, and ends there.
 */
export async function stepJob(app: IndexApp, workspaceId: string, jobId: string): Promise<void> {
  const step = await app.db.transaction(workspaceId, async (tx) => {
    const running = await findRunning(tx, jobId);
    return running && { ...running, epochIds: await listNextEpochs(tx, running.cursor, epochsPerStep) };
  });
  if (!step) return;
  const { cursor, epochIds } = step;
  if (cursor === '') await cutWhatIsLeft(app, workspaceId);
  const last = epochIds.at(-1);
  if (last === undefined) return finish(app, workspaceId, jobId);
  await indexTogether(app, workspaceId, epochIds, { isInOrder: true });
  const now = app.clock.now();
  const isMoved = await app.db.transaction(workspaceId, (tx) => moveJob(tx, { jobId, from: cursor, to: last, done: epochIds.length, now }));
  if (!isMoved) return;
  const next: EmbeddingsMessage = { kind: 'job', workspaceId, jobId };
  await app.queues.sendLater(app.embeddingsQueueUrl, next, 0, workspaceId);
}

async function finish(app: IndexApp, workspaceId: string, jobId: string): Promise<void> {
  const embedder = await app.memory.embedder();
  const left = await app.db.transaction(workspaceId, async (tx) => {
    const { next } = await findModels(tx, embedder);
    await finishJob(tx, jobId, app.clock.now());
    return next?.model === embedder.model && next.dimension === embedder.dimension ? endMove(tx, next) : undefined;
  });
  if (!left || (left.model === embedder.model && left.dimension === embedder.dimension)) return;
  const index = await app.memory.indexOf(left);
  await index.removeWhere({ workspaceId });
}

/** Streams that are nudged a second: what was said before anybody remembered comes in without crowding out what is said now. */
const streamsPerSecond = 2;
const maxDelaySeconds = 900;

/** Streams that nobody has cut yet, or not to their end: as when memory comes to a workspace that has a past. */
async function cutWhatIsLeft(app: IndexApp, workspaceId: string): Promise<void> {
  const streamIds = await app.db.transaction(workspaceId, (tx) => listUncutStreams(tx, maxDelaySeconds * streamsPerSecond));
  for (const [at, streamId] of streamIds.entries()) {
    const nudge: EpochsMessage = { kind: 'stream', workspaceId, streamId };
    await app.queues.sendLater(app.epochsQueueUrl, nudge, Math.floor(at / streamsPerSecond), workspaceId);
  }
}
