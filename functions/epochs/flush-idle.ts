import { metric } from '../../contract/names.ts';
import { nudge } from '../platform/nudge.ts';
import type { App } from '../platform/app.ts';
import { waitingMs } from './cutting/assign-events.ts';
import { findNextIdleTime, listIdleStreams, listLaggingStreams } from './cutting/cursor-store.ts';
import type { DueWorkspace, DueWorkspaces } from './due-workspaces.ts';
import { listWaiting } from './indexing/index-store.ts';
import { listStuckJobs } from './indexing/job-store.ts';

type FlushApp = Pick<App, 'db' | 'queues' | 'epochsQueueUrl' | 'embeddingsQueueUrl' | 'clock' | 'log' | 'metrics'> & {
  readonly due: DueWorkspaces;
};

/** Streams per workspace and sweep; the next sweep takes the rest. */
const streamsPerSweep = 200;
const waitingCounted = 1_000;
/** A stream whose changes are older than this has lost its nudge. */
const laggingMs = 20_000;

/**
 * The once-a-minute sweep: nudges streams with idle or lagging epochs, epochs that wait for the index, and stuck jobs. It reads the table of
 * due workspaces first, so that Postgres is not woken while nobody posts. Safe to repeat: it only sends nudges.
 */
export async function flushIdle(app: FlushApp): Promise<{ workspaces: number }> {
  const due = await app.due.listDue(app.clock.now());
  for (const one of due) {
    await sweepWorkspace(app, one).catch((error: unknown) => {
      app.log.error('A workspace was not swept', { workspaceId: one.workspaceId, error: error as Error });
    });
  }
  return { workspaces: due.length };
}

async function sweepWorkspace(app: FlushApp, due: DueWorkspace): Promise<void> {
  const { workspaceId } = due;
  const now = app.clock.now();
  const before = new Date(now.getTime() - waitingMs);
  const found = await app.db.transaction({ workspaceId }, async (tx) => {
    const [idle, lagging, waiting, jobs, next] = await Promise.all([
      listIdleStreams(tx, now, streamsPerSweep),
      listLaggingStreams(tx, new Date(now.getTime() - laggingMs), streamsPerSweep),
      listWaiting(tx, waitingCounted),
      listStuckJobs(tx, before),
      findNextIdleTime(tx),
    ]);
    return { streams: new Set([...idle, ...lagging]), waiting, jobs, next };
  });
  for (const streamId of found.streams) await nudge(app, 'epochs', { kind: 'stream', workspaceId, streamId });
  if (found.waiting.length > 0) await nudge(app, 'embeddings', { kind: 'waiting', workspaceId, attempt: 0 });
  for (const jobId of found.jobs) await nudge(app, 'embeddings', { kind: 'job', workspaceId, jobId });
  app.metrics.count(metric.epochsWaiting, found.waiting.length);
  const isBusy = found.streams.size > 0 || found.waiting.length > 0 || found.jobs.length > 0;
  await app.due.settle(due, isBusy ? new Date(now.getTime() + waitingMs / 2) : found.next);
}
