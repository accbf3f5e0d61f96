import { newId } from '../../../contract/ids.ts';
import type { EmbeddingsMessage } from '../../../contract/messages/memory.ts';
import { advanceJob, finishJob, setJobDetail } from '../../platform/jobs.ts';
import { nudge } from '../../platform/nudge.ts';
import { metric } from '../../../contract/names.ts';
import { EmbeddingFailed } from '../../embeddings/embedder.ts';
import { IndexUnavailable } from '../../embeddings/index-errors.ts';
import { listUncutStreams } from '../cutting/cursor-store.ts';
import { indexEpochs, indexEpochsOrPostpone, isSameModel } from './index-epochs.ts';
import type { IndexApp } from './index-epochs.ts';
import { ensureModels, finishModelChange, listStreamVisibility, listWaiting, startModelChange } from './index-store.ts';
import type { Model, WorkspaceModels } from './index-store.ts';
import { findRunningJob, listNextEpochs, startJob } from './job-store.ts';
import { relateOpenEpoch } from './relate-open-epoch.ts';

/**
 * Handles one message of the embeddings queue. The database holds what remains to be done, so an outage of the provider or the index loses
 * nothing: a message that fails because of one is retried a few times, and then left to the once-a-minute sweep. Safe to repeat.
 */
export async function handleIndexMessage(app: IndexApp, message: EmbeddingsMessage): Promise<void> {
  try {
    await handle(app, message);
  } catch (error) {
    if (!(error instanceof EmbeddingFailed) && !(error instanceof IndexUnavailable)) throw error;
    if (error instanceof IndexUnavailable) app.metrics.count(metric.indexFailures);
    app.log.warn('Memory waits', { message, error });
    await retryLater(app, message, error);
  }
}

async function handle(app: IndexApp, message: EmbeddingsMessage): Promise<void> {
  const { workspaceId } = message;
  switch (message.kind) {
    case 'epoch':
      return changeModelIfNeeded(app, workspaceId, await indexEpochs(app, workspaceId, [message.epochId]));
    case 'waiting':
      return indexWaiting(app, workspaceId);
    case 'open':
      return relateOpenEpoch(app, workspaceId, message.epochId);
    case 'forget':
      return removeFromIndex(app, workspaceId, message.epochId);
    case 'access':
      return updateVisibility(app, workspaceId, message.streamId);
    case 'job':
      return runJobStep(app, workspaceId, message.jobId);
  }
}

/** Epochs of one message: after a crash or an outage the provider is asked for at most so many again. */
const epochsPerStep = 50;

/** Indexes the epochs that have waited longest, and enqueues the next step while there are more. */
async function indexWaiting(app: IndexApp, workspaceId: string): Promise<void> {
  const epochIds = await app.db.transaction({ workspaceId }, (tx) => listWaiting(tx, epochsPerStep));
  if (epochIds.length === 0) return;
  await changeModelIfNeeded(app, workspaceId, await indexEpochsOrPostpone(app, workspaceId, epochIds));
  if (epochIds.length < epochsPerStep) return;
  await nudge(app, 'embeddings', { kind: 'waiting', workspaceId, attempt: 0 });
}

/**
 * Starts the job that moves a workspace to the configured model, where the workspace is indexed with another. The new vectors are written
 * beside the old ones, which serve until the job is done.
 */
async function changeModelIfNeeded(app: IndexApp, workspaceId: string, models: WorkspaceModels | undefined): Promise<void> {
  if (!models) return;
  const embedder = await app.index.embedder();
  if (isSameModel(models.active, embedder)) return;
  const started = await app.db.transaction({ workspaceId }, async (tx) => {
    if (!(await startModelChange(tx, embedder))) return undefined;
    const now = app.clock.now();
    return startJob(tx, { id: newId('job', now.getTime()), kind: 're-embed', now });
  });
  if (!started) return;
  app.log.info('Moving to another embedding model', { workspaceId, from: models.active.model, to: embedder.model });
  await nudge(app, 'embeddings', { kind: 'job', workspaceId, jobId: started.job.id });
}

/** Removes a deleted epoch from the index of each model of the workspace. */
async function removeFromIndex(app: IndexApp, workspaceId: string, epochId: string): Promise<void> {
  for (const model of await listModels(app, workspaceId)) {
    const index = await app.index.open(model);
    await index.remove(workspaceId, [epochId]);
  }
}

/**
 * Copies the visibility of a stream and its threads into the index. This only narrows the search: the database checks every result for its
 * reader.
 */
async function updateVisibility(app: IndexApp, workspaceId: string, streamId: string): Promise<void> {
  const streams = await app.db.transaction({ workspaceId }, (tx) => listStreamVisibility(tx, streamId));
  for (const model of await listModels(app, workspaceId)) {
    const index = await app.index.open(model);
    for (const { id, isPublic } of streams) await index.setVisibility({ workspaceId, streamId: id }, isPublic ? 'public' : 'private');
  }
}

async function listModels(app: IndexApp, workspaceId: string): Promise<Model[]> {
  const embedder = await app.index.embedder();
  const { active, next } = await app.db.transaction({ workspaceId }, (tx) => ensureModels(tx, embedder));
  return next ? [active, next] : [active];
}

/**
 * Runs one step of a job over all closed epochs: writes the next ones into the index with vectors of the configured model. The last step
 * completes a change of model. Safe to repeat: a step that another worker has done changes nothing, and enqueues nothing.
 */
async function runJobStep(app: IndexApp, workspaceId: string, jobId: string): Promise<void> {
  const step = await app.db.transaction({ workspaceId }, async (tx) => {
    const running = await findRunningJob(tx, jobId);
    return running && { ...running, epochIds: await listNextEpochs(tx, running.cursor, epochsPerStep) };
  });
  if (!step) return;
  const { cursor, epochIds } = step;
  if (cursor === '') await nudgeUncutStreams(app, workspaceId);
  const last = epochIds.at(-1);
  if (last === undefined) return finish(app, workspaceId, jobId);
  await indexEpochsOrPostpone(app, workspaceId, epochIds, { isInOrder: true });
  const now = app.clock.now();
  const isAdvanced = await app.db.transaction({ workspaceId }, (tx) =>
    advanceJob(tx, { jobId, from: cursor, to: last, done: epochIds.length, now }),
  );
  if (isAdvanced) await nudge(app, 'embeddings', { kind: 'job', workspaceId, jobId });
}

/** Streams that are nudged per second: a back-fill must not delay the streams that people write in now. */
const streamsPerSecond = 2;
const maxDelaySeconds = 900;

/** Nudges streams with messages that no epoch holds, for example when memory comes to a workspace that has a history. */
async function nudgeUncutStreams(app: IndexApp, workspaceId: string): Promise<void> {
  const streamIds = await app.db.transaction({ workspaceId }, (tx) => listUncutStreams(tx, maxDelaySeconds * streamsPerSecond));
  for (const [at, streamId] of streamIds.entries()) {
    await nudge(app, 'epochs', { kind: 'stream', workspaceId, streamId }, Math.floor(at / streamsPerSecond));
  }
}

/** Finishes a job. After a change of model it removes the vectors of the old one. */
async function finish(app: IndexApp, workspaceId: string, jobId: string): Promise<void> {
  const embedder = await app.index.embedder();
  const previous = await app.db.transaction({ workspaceId }, async (tx) => {
    const { next } = await ensureModels(tx, embedder);
    await finishJob(tx, jobId, app.clock.now());
    return next && isSameModel(next, embedder) ? finishModelChange(tx, next) : undefined;
  });
  if (!previous || isSameModel(previous, embedder)) return;
  const index = await app.index.open(previous);
  await index.removeWhere({ workspaceId });
}

/** Seconds until the next attempt, by the number of attempts so far. */
const retrySeconds = [2, 8, 30];
/** Seconds until the next attempt of a message that the sweep would not find. */
const unsweptRetrySeconds = 20;

async function retryLater(app: IndexApp, message: EmbeddingsMessage, error: Error): Promise<void> {
  const requested = error instanceof EmbeddingFailed ? (error.retryAfterSeconds ?? 0) : 0;
  const resend = (next: EmbeddingsMessage, seconds: number) =>
    nudge(app, 'embeddings', next, Math.min(900, Math.max(seconds, Math.ceil(requested))));
  if (message.kind === 'epoch' || message.kind === 'waiting') {
    const seconds = retrySeconds[message.attempt];
    if (seconds !== undefined) await resend({ ...message, attempt: message.attempt + 1 }, seconds);
  } else if (message.kind !== 'open') {
    // The database does not record these, so the message itself is kept.
    await resend(message, unsweptRetrySeconds);
    if (message.kind === 'job') await app.db.transaction(message, (tx) => setJobDetail(tx, message.jobId, error.message));
  }
}
