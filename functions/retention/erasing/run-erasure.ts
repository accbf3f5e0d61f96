import * as z from 'zod';
import { room } from '../../../contract/frames.ts';
import { forgetAuthor, forgetEvents } from '../../epochs/cutting/forget-events.ts';
import { objectKey } from '../../files/file.ts';
import type { App } from '../../platform/app.ts';
import { newGeneration } from '../../platform/generation.ts';
import { advanceJob, finishJob, setJobDetail } from '../../platform/jobs.ts';
import { nudge } from '../../platform/nudge.ts';
import { withOutbox } from '../../platform/outbox.ts';
import type { OutboxApp, OutboxTransaction } from '../../platform/outbox.ts';
import { deleteEvents } from '../../streams/events/delete-events.ts';
import type { PurgeApp } from '../purging/purge-events.ts';
import { forgetErasureInput, lockErasure } from './erasure-store.ts';
import type { ErasureInput } from './erasure-store.ts';
import { deletePerson } from './person-store.ts';
import {
  deleteFiles,
  findNextStream,
  hasPurgesBefore,
  listOwnMessages,
  listStreamsAfter,
  listUnpostedFiles,
  renewLog,
  replaceInOutbox,
  replaceInStream,
  replaceInWindow,
  replaceInWorkspace,
} from './replace-store.ts';
import type { Counts } from './replace-store.ts';

/** The parts of the app that an erasure uses. */
export type ErasureApp = OutboxApp & PurgeApp & Pick<App, 'subscriptions'>;

/** Positions of one step, and messages that a step deletes. */
const positionsPerStep = 1_000;
const deletionsPerStep = 100;
const filesPerStep = 100;
const outboxRowsPerStep = 5_000;
const roomsPerStep = 500;
/** Seconds after which a step has committed, and milliseconds after which the sweep of memory looks for what was not indexed. */
const commitSeconds = 5;
const lostNudgeMs = 2 * 60_000;
/** Milliseconds of work per queue message. */
const workMs = 20_000;
/** Seconds until a phase that waits is looked at again. */
const waitSeconds = 15;

/**
 * Place of the next step. The phases follow each other: events and rows of each stream; what belongs to no stream; files that no event
 * shows; the purge of what was deleted; outbox rows; live connections; the job itself.
 */
const Place = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('streams'), streamId: z.string(), lastSeq: z.int(), seq: z.int(), changed: z.boolean() }),
  z.object({ phase: z.enum(['workspace', 'files']) }),
  z.object({ phase: z.literal('purges'), since: z.iso.datetime() }),
  z.object({ phase: z.literal('outbox'), after: z.string(), waiting: z.int() }),
  z.object({ phase: z.literal('connections'), after: z.string() }),
  z.object({ phase: z.literal('end') }),
]);
type Place = z.infer<typeof Place>;
const first: Place = { phase: 'streams', streamId: '', lastSeq: 0, seq: 0, changed: false };

/** Result of a step: the next place, or the reason to wait at this one. */
interface Step {
  readonly next: Place;
  readonly done?: number;
  readonly counts?: Counts;
  readonly waitsFor?: string;
}

/**
 * Runs steps of an erasure for a while, and enqueues the rest. Each step and the move to the next one commit together, so a worker may die
 * anywhere, and two workers do no step twice.
 */
export async function runErasure(app: ErasureApp, workspaceId: string, jobId: string): Promise<void> {
  const startedAt = performance.now();
  while (performance.now() - startedAt < workMs) {
    const outcome = await runStep(app, workspaceId, jobId);
    if (outcome === 'ended') return;
    if (outcome === 'waits') return nudge(app, 'retention', { kind: 'job', workspaceId, jobId }, waitSeconds);
  }
  await nudge(app, 'retention', { kind: 'job', workspaceId, jobId });
}

function runStep(app: ErasureApp, workspaceId: string, jobId: string): Promise<'goes on' | 'waits' | 'ended'> {
  return withOutbox(app, { workspaceId }, async (tx) => {
    const job = await lockErasure(tx, jobId);
    if (!job) return 'ended';
    const place = job.cursor === '' ? first : Place.parse(JSON.parse(job.cursor));
    const now = app.clock.now();
    if (place.phase === 'end') {
      await deletePerson(tx, job.input.userId);
      await forgetErasureInput(tx, jobId, job.input);
      await finishJob(tx, jobId, now);
      return 'ended';
    }
    const { next, done = 0, counts = {}, waitsFor } = await stepAt(app, tx, place, job.input);
    const report = sum(job.report, counts);
    await advanceJob(tx, { jobId, from: job.cursor, to: JSON.stringify(next), done, now, report });
    if (waitsFor === undefined) return 'goes on';
    await setJobDetail(tx, jobId, waitsFor);
    return 'waits';
  });
}

function stepAt(app: ErasureApp, tx: OutboxTransaction, place: Exclude<Place, { phase: 'end' }>, input: ErasureInput): Promise<Step> {
  switch (place.phase) {
    case 'streams':
      return stepInStream(app, tx, place, input);
    case 'workspace':
      return replaceInWorkspace(tx, input).then((counts) => ({ next: { phase: 'files' }, counts }));
    case 'files':
      return removeFiles(app, tx, input);
    case 'purges':
      return waitForPurges(app, tx, place);
    case 'outbox':
      return replaceOutbox(tx, place, input);
    case 'connections':
      return forgetConnections(app, tx, place, input);
  }
}

/** Replaces the member in the next positions of a stream, deletes their messages there if asked to, and goes on to the next stream. */
async function stepInStream(
  app: ErasureApp,
  tx: OutboxTransaction,
  place: Extract<Place, { phase: 'streams' }>,
  input: ErasureInput,
): Promise<Step> {
  const { streamId, lastSeq } = place;
  if (place.seq >= lastSeq) return finishStream(tx, place, input);
  const window = { streamId, from: place.seq, to: Math.min(place.seq + positionsPerStep, lastSeq) };
  const own = input.messages === 'delete' ? await listOwnMessages(tx, window, input.userId, deletionsPerStep) : [];
  // A step that deletes as much as it may ends at its last deletion.
  const to = own.length === deletionsPerStep ? (own.at(-1)?.seq ?? window.to) : window.to;
  const ids = own.map(({ id }) => id);
  const deletions = ids.length > 0 ? await deleteEvents(app, tx, streamId, ids) : 0;
  const { counts, named } = await replaceInWindow(tx, { ...window, to }, input);
  const events = named.map((seq) => ({ streamId, seq, texts: [] }));
  const { closed } = await forgetEvents(tx, events, app.clock.now());
  if (closed.length > 0) await reindexSoon(app, tx.workspaceId);
  const changed = place.changed || deletions > 0 || Object.values(counts).some((count) => count > 0);
  return { next: { ...place, seq: to, changed }, done: to - place.seq, counts: { ...counts, deletedMessages: deletions } };
}

/** Has epochs indexed again that this transaction changes: after its commit, and by the sweep of memory if that message comes too early. */
async function reindexSoon(app: ErasureApp, workspaceId: string): Promise<void> {
  await app.due.note(workspaceId, new Date(app.clock.now().getTime() + lostNudgeMs));
  await nudge(app, 'embeddings', { kind: 'waiting', workspaceId, attempt: 0 }, commitSeconds);
}

async function finishStream(tx: OutboxTransaction, place: Extract<Place, { phase: 'streams' }>, input: ErasureInput): Promise<Step> {
  const counts = place.streamId === '' ? {} : await replaceInStream(tx, place.streamId, input);
  if (place.streamId !== '') await forgetAuthor(tx, place.streamId, input.userId);
  // Clients that hold the old id read the log again.
  if (place.changed || Object.values(counts).some((count) => count > 0)) await renewLog(tx, place.streamId, newGeneration());
  const stream = await findNextStream(tx, place.streamId);
  const next: Place = stream
    ? { phase: 'streams', streamId: stream.id, lastSeq: stream.lastSeq, seq: 0, changed: false }
    : { phase: 'workspace' };
  return { next, counts };
}

async function removeFiles(app: ErasureApp, tx: OutboxTransaction, input: ErasureInput): Promise<Step> {
  const fileIds = await listUnpostedFiles(tx, input.replacement, filesPerStep);
  if (fileIds.length === 0) return { next: { phase: 'purges', since: app.clock.now().toISOString() } };
  for (const id of fileIds) await app.objects.remove(objectKey(tx.workspaceId, id));
  await deleteFiles(tx, fileIds);
  return { next: { phase: 'files' }, counts: { deletedFiles: fileIds.length } };
}

async function waitForPurges(app: ErasureApp, tx: OutboxTransaction, place: Extract<Place, { phase: 'purges' }>): Promise<Step> {
  if (!(await hasPurgesBefore(tx, new Date(place.since)))) return { next: { phase: 'outbox', after: '', waiting: 0 } };
  await nudge(app, 'retention', { kind: 'purge', workspaceId: tx.workspaceId });
  return { next: place, waitsFor: 'Deleted texts are being purged.' };
}

async function replaceOutbox(tx: OutboxTransaction, place: Extract<Place, { phase: 'outbox' }>, input: ErasureInput): Promise<Step> {
  const ownRoom = room.user(tx.workspaceId, input.userId);
  const { lastId, changed, waiting } = await replaceInOutbox(tx, input, { ownRoom, after: place.after, limit: outboxRowsPerStep });
  const left = place.waiting + waiting;
  if (lastId !== undefined) return { next: { phase: 'outbox', after: lastId, waiting: left }, counts: { outboxRows: changed } };
  if (left === 0) return { next: { phase: 'connections', after: '' } };
  return { next: { phase: 'outbox', after: '', waiting: 0 }, waitsFor: 'Connections of the member are to be closed.' };
}

/** Deletes what the registry of connections holds of the member, once the last connection is closed. */
async function forgetConnections(
  app: ErasureApp,
  tx: OutboxTransaction,
  place: Extract<Place, { phase: 'connections' }>,
  { userId }: ErasureInput,
): Promise<Step> {
  const { workspaceId } = tx;
  const streamIds = await listStreamsAfter(tx, place.after, roomsPerStep);
  const own = place.after === '' ? [room.workspace(workspaceId), room.user(workspaceId, userId)] : [];
  const rooms = [...own, ...streamIds.map((id) => room.stream(workspaceId, id))];
  if (!(await app.subscriptions.forget(workspaceId, userId, rooms))) {
    return { next: place, waitsFor: 'Connections of the member are still open.' };
  }
  const last = streamIds.at(-1);
  return { next: last === undefined ? { phase: 'end' } : { phase: 'connections', after: last } };
}

function sum(a: Counts, b: Counts): Counts {
  const total: Counts = { ...a };
  for (const [kind, count] of Object.entries(b)) if (count > 0) total[kind] = (total[kind] ?? 0) + count;
  return total;
}
