import type { App } from '../platform/app.ts';
import type { EmbeddingsMessage, EpochsMessage } from '../../contract/messages/memory.ts';
import { waitingMs } from './cutting/assign-events.ts';
import type { Due, DueList } from './due-workspaces.ts';
import { findNextDue, listIdleStreams, listLagging } from './cutting/cursor-store.ts';
import { listWaiting } from './indexing/index-store.ts';
import { listStuckJobs } from './indexing/job-store.ts';
import { metric } from '../../contract/names.ts';

type FlushApp = Pick<App, 'db' | 'queues' | 'epochsQueueUrl' | 'embeddingsQueueUrl' | 'clock' | 'log' | 'metrics'> & {
  readonly due: DueList;
};

/** What is looked after at once in one workspace; the rest is due again a minute later. */
const streamsPerLook = 200;
const waitingCounted = 1_000;
/** What is not cut after so long waits for somebody to look. */
const laggingMs = 20_000;

/**
 * The minutely look after memory: closes epochs that nobody goes on with, and sends again what waits for the index or was left half done.
 * It asks the list of what is due first, so that where nobody speaks the database is not asked. Safe to repeat: it only nudges.
 */
export async function flushIdle(app: FlushApp): Promise<{ workspaces: number }> {
  const due = await app.due.listDue(app.clock.now());
  for (const one of due) {
    await look(app, one).catch((error: unknown) => {
      app.log.error('A workspace was not looked after', { workspaceId: one.workspaceId, error: error as Error });
    });
  }
  return { workspaces: due.length };
}

async function look(app: FlushApp, due: Due): Promise<void> {
  const { workspaceId } = due;
  const now = app.clock.now();
  const before = new Date(now.getTime() - waitingMs);
  const found = await app.db.transaction(workspaceId, async (tx) => {
    const [idle, lagging, waiting, jobs, next] = await Promise.all([
      listIdleStreams(tx, now, streamsPerLook),
      listLagging(tx, new Date(now.getTime() - laggingMs), streamsPerLook),
      listWaiting(tx, waitingCounted),
      listStuckJobs(tx, before),
      findNextDue(tx),
    ]);
    return { streams: new Set([...idle, ...lagging]), waiting, jobs, next };
  });
  for (const streamId of found.streams) {
    const nudge: EpochsMessage = { kind: 'stream', workspaceId, streamId };
    await app.queues.sendLater(app.epochsQueueUrl, nudge, 0, workspaceId);
  }
  const send = (message: EmbeddingsMessage) => app.queues.sendLater(app.embeddingsQueueUrl, message, 0, workspaceId);
  if (found.waiting.length > 0) await send({ kind: 'waiting', workspaceId, attempt: 0 });
  for (const jobId of found.jobs) await send({ kind: 'job', workspaceId, jobId });
  app.metrics.count(metric.epochsWaiting, found.waiting.length);
  const isBusy = found.streams.size > 0 || found.waiting.length > 0 || found.jobs.length > 0;
  await app.due.settle(due, isBusy ? new Date(now.getTime() + waitingMs / 2) : found.next);
}
