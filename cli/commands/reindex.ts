import { setTimeout as delay } from 'node:timers/promises';
import { problemOf } from '../../client/errors.ts';
import { api } from '../../contract/api.ts';
import type { MemoryJob, MemoryStatus } from '../../contract/epoch.ts';
import type { Connection, ConnectionOptions } from '../connection.ts';
import { Failure } from '../failure.ts';
import { createJobProgress } from './reindex-progress.ts';

/** Interval between two polls of the job. */
const lookSeconds = 0.5;
/** The command gives up after the service has been unreachable for this long. The job continues without it. */
const patienceSeconds = 60;

/** Fills in the local app when no service is named, and the local app's own key when a service is named without a key. */
export function orLocalApp(options: ConnectionOptions, environment: NodeJS.ProcessEnv = process.env): ConnectionOptions {
  const isSaid = (value: string | undefined): boolean => value !== undefined && value !== '';
  const lacks = isSaid(options.url)
    ? !isSaid(options.apiKey) && !isSaid(environment['STREAMBED_API_KEY'])
    : !isSaid(environment['STREAMBED_URL']);
  return lacks && options.demo === undefined ? { ...options, demo: true } : options;
}

/**
 * Rebuilds the index of memory from the database, and prints the progress until it is complete. The service runs the job: it continues
 * when the command ends, and a second command follows the job that is running.
 */
export async function reindex(connection: Connection, { signal }: { readonly signal: AbortSignal }): Promise<void> {
  const { job, isNew } = await begin(connection, signal);
  const progress = createJobProgress('Reindex');
  if (!isNew) progress.done(`Going on with what began at ${job.startedAt}.`);
  try {
    progress.update(job, job.detail);
    const status = await follow(connection, job, { signal, onMoved: (moved, waitsFor) => progress.update(moved, waitsFor) });
    progress.done(sumOf(status));
  } catch (error) {
    if (!(error instanceof JobFailed)) progress.done('The service goes on with it. The same command follows it again.');
    throw error;
  }
}

class JobFailed extends Failure {}

async function begin({ baseUrl, workspaceId, streambed }: Connection, signal: AbortSignal): Promise<{ job: MemoryJob; isNew: boolean }> {
  const params = { workspaceId };
  try {
    const { job: before } = await streambed.call(api.epochs.readMemory, { params, signal });
    // Idempotent: a second request joins the job that is running.
    const job = await streambed.call(api.epochs.reindexMemory, { params, signal, repeatable: true });
    return { job, isNew: before?.id !== job.id };
  } catch (error) {
    signal.throwIfAborted();
    const { code, requestId, detail = '' } = problemOf(error);
    if (code === 'unavailable' && requestId === '') throw new Failure(`Nobody answers at ${baseUrl} (${detail}). Is the app running?`);
    throw error;
  }
}

interface Following {
  readonly signal: AbortSignal;
  readonly onMoved: (job: MemoryJob, waitsFor: string | null) => void;
}

/** Polls until the job has ended. Throws when the job failed, and when the service stays unreachable. */
async function follow({ workspaceId, streambed }: Connection, started: MemoryJob, { signal, onMoved }: Following): Promise<MemoryStatus> {
  let job = started;
  let heardAt = performance.now();
  for (;;) {
    await delay(lookSeconds * 1000, undefined, { signal });
    const status = await streambed.call(api.epochs.readMemory, { params: { workspaceId }, signal }).catch((error: unknown) => {
      signal.throwIfAborted();
      const { code } = problemOf(error);
      const isAway = code === 'unavailable' || code === 'rate_limited' || code === 'internal';
      if (!isAway || performance.now() - heardAt > patienceSeconds * 1000) throw error;
      onMoved(job, 'the service does not answer');
      return undefined;
    });
    if (!status) continue;
    heardAt = performance.now();
    if (status.job?.id !== job.id) throw new Failure('Other work on memory has begun since: how far this one is can no longer be read.');
    job = status.job;
    if (job.status === 'done') return status;
    if (job.status === 'failed')
      throw new JobFailed(`The work failed after ${job.done} of ${job.total} epochs: ${job.detail ?? 'it is not said why'}`);
    onMoved(job, job.detail);
  }
}

function sumOf({ job, state, streamsBehind, epochsWaiting, embedder }: MemoryStatus): string {
  const epochs = (job?.total ?? 0).toLocaleString('en');
  const seconds = job?.finishedAt ? Math.round((Date.parse(job.finishedAt) - Date.parse(job.startedAt)) / 1000) : 0;
  const rest = state === 'behind' ? ` Memory is behind still: ${streamsBehind} streams and ${epochsWaiting} epochs wait.` : '';
  return `Indexed ${epochs} epochs anew with ${embedder.model} in ${seconds} s.${rest}`;
}
