import { metric } from '../../../contract/names.ts';
import { EmbeddingFailed } from '../../embeddings/embedder.ts';
import { IndexUnavailable } from '../../embeddings/index-errors.ts';
import type { EmbeddingsMessage } from '../../../contract/messages/memory.ts';
import { forgetEpoch, moveAccess } from './follow-access.ts';
import { indexEpochs } from './index-epochs.ts';
import type { IndexApp } from './index-epochs.ts';
import { listWaiting } from './index-store.ts';
import { indexTogether } from './index-together.ts';
import { noteDetail } from './job-store.ts';
import { lookRelated } from './relate-open-epoch.ts';
import { moveModel } from './move-model.ts';
import { stepJob } from './step-job.ts';

/** Epochs that are taken at once when many wait. */
const epochsPerStep = 50;

/**
 * Does what takes an embedding or the index. Nothing is lost where one of them is away: what is to be done is written in the database, so
 * a message that cannot be followed now is sent again a few times, and then left to the minutely look. Safe to repeat: see each part.
 */
export async function workOnMemory(app: IndexApp, message: EmbeddingsMessage): Promise<void> {
  try {
    await work(app, message);
  } catch (error) {
    if (!(error instanceof EmbeddingFailed) && !(error instanceof IndexUnavailable)) throw error;
    if (error instanceof IndexUnavailable) app.metrics.count(metric.indexFailures);
    app.log.warn('Memory waits', { message, error });
    await tryLater(app, message, error);
  }
}

async function work(app: IndexApp, message: EmbeddingsMessage): Promise<void> {
  const { workspaceId } = message;
  switch (message.kind) {
    case 'epoch':
      await moveModel(app, workspaceId, await indexEpochs(app, workspaceId, [message.epochId]));
      return;
    case 'waiting':
      return indexWaiting(app, workspaceId);
    case 'open':
      return lookRelated(app, workspaceId, message.epochId);
    case 'forget':
      return forgetEpoch(app, workspaceId, message.epochId);
    case 'access':
      return moveAccess(app, workspaceId, message.streamId);
    case 'job':
      return stepJob(app, workspaceId, message.jobId);
  }
}

/** Takes some of those that wait, the oldest first, and has itself called again while there are more. */
async function indexWaiting(app: IndexApp, workspaceId: string): Promise<void> {
  const epochIds = await app.db.transaction(workspaceId, (tx) => listWaiting(tx, epochsPerStep));
  if (epochIds.length === 0) return;
  await moveModel(app, workspaceId, await indexTogether(app, workspaceId, epochIds));
  if (epochIds.length < epochsPerStep) return;
  const next: EmbeddingsMessage = { kind: 'waiting', workspaceId, attempt: 0 };
  await app.queues.sendLater(app.embeddingsQueueUrl, next, 0, workspaceId);
}

/** Seconds until a message is tried again, by how often it was tried. */
const waits = [2, 8, 30];
const jobSeconds = 20;

async function tryLater(app: IndexApp, message: EmbeddingsMessage, error: Error): Promise<void> {
  const asked = error instanceof EmbeddingFailed ? (error.retryAfterSeconds ?? 0) : 0;
  const again = async (next: EmbeddingsMessage, seconds: number) =>
    app.queues.sendLater(app.embeddingsQueueUrl, next, Math.min(900, Math.max(seconds, Math.ceil(asked))), message.workspaceId);
  if (message.kind === 'epoch' || message.kind === 'waiting') {
    const seconds = waits[message.attempt];
    if (seconds !== undefined) await again({ ...message, attempt: message.attempt + 1 }, seconds);
  } else if (message.kind !== 'open') {
    // Nobody else remembers these.
    await again(message, jobSeconds);
    if (message.kind === 'job') await app.db.transaction(message.workspaceId, (tx) => noteDetail(tx, message.jobId, error.message));
  }
}
