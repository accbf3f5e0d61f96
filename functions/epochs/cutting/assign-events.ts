import { newId } from '../../../contract/ids.ts';
import type { EmbeddingsMessage, EpochsMessage } from '../../../contract/messages/memory.ts';
import { metric } from '../../../contract/names.ts';
import type { App } from '../../platform/app.ts';
import { withOutbox } from '../../platform/outbox.ts';
import { nudge } from '../../platform/nudge.ts';
import type { OutboxTransaction } from '../../platform/outbox.ts';
import type { DueWorkspaces } from '../due-workspaces.ts';
import { announceEpochs, epochOfDraft } from '../epochs/announce-epochs.ts';
import { close, idleAt } from '../epochs/epoch.ts';
import type { EpochDraft, EpochMessage } from '../epochs/epoch.ts';
import type { IndexHandle } from '../index-handle.ts';
import type { KnowledgeSource } from '../learning/knowledge.ts';
import { emptyState, step } from '../segmenter/segmenter.ts';
import type { Knowledge, SegmenterState } from '../segmenter/segmenter.ts';
import { insertCursor, lockCursor, moveCursor } from './cursor-store.ts';
import type { EpochCursor } from './cursor-store.ts';
import { cutEvents } from './cut-events.ts';
import { eventsPerBatch, findStreamToCut, listLastMessages, listUncutEvents, markChangedEpochs, upsertEpochs } from './cut-store.ts';
import type { EpochWrite, StreamToCut, UncutEvents } from './cut-store.ts';
import { listMessageVectors } from './message-vectors.ts';
import type { MessageVectors } from './message-vectors.ts';
import { nudgeIndex } from './nudge-memory.ts';

/** The parts of the app that cutting uses. */
export type AssignApp = Pick<
  App,
  'db' | 'queues' | 'fanOutQueueUrl' | 'epochsQueueUrl' | 'embeddingsQueueUrl' | 'clock' | 'log' | 'metrics'
> & { readonly due: DueWorkspaces; readonly knowledge: KnowledgeSource; readonly index: Pick<IndexHandle, 'embedder'> };

/** Seconds between two batches of a back-fill. */
const pauseSeconds = 1;

/**
 * Puts the new events of a stream into epochs. Safe to repeat, late or out of order: events are read behind the stream's own cursor, which is
 * locked meanwhile and moves with the epochs in one transaction. A duplicate nudge finds no new events.
 */
export async function assignEvents(app: AssignApp, { workspaceId, streamId }: EpochsMessage): Promise<void> {
  const vectors = await listMessageVectors(app, workspaceId, streamId);
  // The next message or the once-a-minute sweep retries it.
  if (!vectors) return app.due.note(workspaceId, new Date(app.clock.now().getTime() + waitingMs / 2));
  const done = await withOutbox(app, { workspaceId }, (tx) => assign(app, tx, streamId, vectors));
  if (!done) return;
  count(app, done);
  const closed = done.touched.filter(({ status }) => status === 'closed').map(({ id }) => id);
  if (closed.length > 0) await app.due.countClosed(workspaceId, closed.length);
  await noteDue(app, workspaceId, done);
  await sendToIndex(app, workspaceId, [...closed, ...done.changed], done.toRelate);
  if (done.changesAccess) await nudge(app, 'embeddings', { kind: 'access', workspaceId, streamId });
  if (done.hasMore) await nudge(app, 'epochs', { kind: 'stream', workspaceId, streamId }, pauseSeconds);
}

/** The result of one batch. */
interface Assignment {
  /** Epochs that were opened, extended or closed. */
  readonly touched: readonly EpochDraft[];
  /** The epoch that is open now. */
  readonly open: EpochDraft | undefined;
  readonly openedIds: readonly string[];
  /** Closed epochs with an event that was edited or deleted. */
  readonly changed: readonly string[];
  /** The open epoch, when its related epochs are due. */
  readonly toRelate: string | undefined;
  readonly newest: EpochMessage | undefined;
  readonly isLive: boolean;
  readonly hasMore: boolean;
  readonly changesAccess: boolean;
  readonly idleMinutes: number;
}

async function assign(
  app: AssignApp,
  tx: OutboxTransaction,
  streamId: string,
  { vectors, upTo = Number.POSITIVE_INFINITY }: MessageVectors,
): Promise<Assignment | undefined> {
  const locked = (await lockStream(app, tx, streamId)) ?? (await insertCursor(tx, streamId).then(() => lockStream(app, tx, streamId)));
  if (!locked) return undefined;
  const { cursor, stream, uncut, changed } = locked;
  const { moreAfter } = uncut;
  const events = uncut.events.filter(({ seq }) => seq <= upTo);
  const now = app.clock.now();
  const newest = events.at(-1);
  const readUpTo = events.length < uncut.events.length ? upTo : (moreAfter ?? Math.max(stream.head, newest?.seq ?? 0));
  const drafts = cursor.settings.enabled
    ? await cut(app, tx, streamId, locked, { events, readUpTo, vectors })
    : stream.open
      ? [stream.open]
      : [];
  const touched = drafts.filter((draft) => draft !== stream.open);
  const openedIds = touched.filter(({ id }) => id !== stream.open?.id).map(({ id }) => id);
  const announced = touched.filter(({ id, status }) => status === 'closed' || openedIds.includes(id));
  const rev = announced.length > 0 ? cursor.rev + 1 : cursor.rev;
  const open = drafts.find(({ status }) => status === 'open');
  const isLive = newest !== undefined && now.getTime() - newest.createdAt.getTime() < liveMs;
  const toRelate = open && touched.includes(open) && isLive && isRelatedDue(open, stream.open, now) ? open.id : undefined;
  if (touched.length > 0) {
    const writes = touched.map((draft) =>
      toWrite(draft, stream.open, announced.includes(draft) ? rev : null, draft.id === toRelate ? now : undefined),
    );
    upsertEpochs(tx, streamId, writes, now);
  }
  const isMoved = readUpTo > cursor.seq || stream.head > cursor.changedSeq || touched.length > 0;
  if (isMoved) moveCursor(tx, streamId, { seq: Math.max(readUpTo, cursor.seq), changedSeq: stream.head, rev, now });
  if (announced.length > 0) announceEpochs(tx, streamId, { rev, epochs: announced.map((draft) => epochOfDraft(draft, streamId, rev)) });
  return {
    touched,
    open,
    openedIds,
    changed,
    toRelate,
    newest,
    isLive,
    hasMore: moreAfter !== undefined,
    changesAccess: uncut.changesAccess,
    idleMinutes: cursor.settings.idleMinutes,
  };
}

/** A stream whose cursor this transaction has locked, with what is behind the cursor. */
interface LockedStream {
  readonly cursor: EpochCursor;
  readonly stream: StreamToCut;
  readonly uncut: UncutEvents;
  readonly changed: readonly string[];
}

/** Locks the cursor and reads what is behind it, in one round trip. Each statement sees what was committed when the lock was granted. */
async function lockStream(app: AssignApp, tx: OutboxTransaction, streamId: string): Promise<LockedStream | undefined> {
  const [cursor, stream, uncut, changed] = await Promise.all([
    lockCursor(tx, streamId),
    findStreamToCut(tx, streamId),
    listUncutEvents(tx, streamId, eventsPerBatch),
    markChangedEpochs(tx, streamId, app.clock.now()),
  ]);
  return cursor && stream && { cursor, stream, uncut, changed };
}

async function cut(
  app: AssignApp,
  tx: OutboxTransaction,
  streamId: string,
  { cursor, stream }: LockedStream,
  batch: { events: readonly EpochMessage[]; readUpTo: number; vectors: ReadonlyMap<number, Float32Array> },
): Promise<EpochDraft[]> {
  const knowledge = await app.knowledge.of(tx, stream.associationsVersion);
  const events = batch.events.map((event) => withVector(event, batch.vectors.get(event.seq)));
  const open =
    stream.open && stream.open.state === null && events.length > 0
      ? { ...stream.open, state: await rebuildState(tx, streamId, stream.open, knowledge, stream.hasRoles) }
      : stream.open;
  const { settings } = cursor;
  const { barriers, hasRoles } = stream;
  const now = app.clock.now();
  if (open && events.length === 0 && barriers.length === 0 && isIdle(open, cursor, now)) return [close(open, 'idle', now)];
  return cutEvents({
    open,
    events,
    barriers,
    readUpTo: batch.readUpTo,
    settings,
    knowledge,
    hasRoles,
    newId: (at) => newId('epoch', at.getTime()),
  });
}

/** A message that was deleted after its vector was made has none. */
const withVector = (event: EpochMessage, vector: Float32Array | undefined): EpochMessage =>
  vector && !event.isDeleted ? { ...event, vector } : event;

/** Tells whether the open epoch is idle. During a back-fill the idle time counts from the last batch. */
const isIdle = ({ lastEventAt }: EpochDraft, { settings, updatedAt }: EpochCursor, now: Date): boolean =>
  now >= idleAt({ lastEventAt: updatedAt && updatedAt > lastEventAt ? updatedAt : lastEventAt }, settings);

/** Older messages have no effect on the segmenter's state. */
const stateMessages = 30;

/** Rebuilds the segmenter's state of an epoch that a member has corrected. */
async function rebuildState(
  tx: OutboxTransaction,
  streamId: string,
  epoch: EpochDraft,
  knowledge: Knowledge,
  hasRoles: boolean,
): Promise<SegmenterState> {
  let state = emptyState;
  for (const { text, actorId: authorId, isAssistant } of await listLastMessages(tx, streamId, epoch, stateMessages)) {
    const stepped = step(state, { text, authorId, isAssistant, hasRoles }, knowledge);
    // The member decided that this is one epoch, so `opens` is ignored.
    state = stepped.state;
  }
  return state;
}

/** Events older than this are a back-fill, and rooms are sent nothing about them. */
const liveMs = 10 * 60_000;
/** The related epochs of the open epoch are due after this many messages, or after this time. */
const relateMessages = 3;
const relateMs = 10_000;

function isRelatedDue(open: EpochDraft, before: StreamToCut['open'], now: Date): boolean {
  if (!before || before.id !== open.id || before.relatedAt === null) return true;
  return open.messageCount - before.relatedCount >= relateMessages || now.getTime() - before.relatedAt.getTime() >= relateMs;
}

function toWrite(draft: EpochDraft, before: StreamToCut['open'], rev: number | null, relatedAt: Date | undefined): EpochWrite {
  const same = before?.id === draft.id ? before : undefined;
  return {
    ...draft,
    rev,
    relatedCount: relatedAt ? draft.messageCount : (same?.relatedCount ?? 0),
    relatedAt: relatedAt ?? same?.relatedAt ?? null,
  };
}

function count(app: AssignApp, { touched, openedIds, newest, isLive }: Assignment): void {
  app.metrics.count(metric.epochsOpened, openedIds.length);
  app.metrics.count(metric.epochsClosed, touched.filter(({ status }) => status === 'closed').length);
  if (newest && isLive) app.metrics.milliseconds(metric.assignLatency, app.clock.now().getTime() - newest.createdAt.getTime());
}

/** Milliseconds that an epoch may wait for the index before the sweep sends it again. */
export const waitingMs = 2 * 60_000;

async function noteDue(app: AssignApp, workspaceId: string, { touched, open, changed, idleMinutes }: Assignment): Promise<void> {
  const now = app.clock.now();
  if (changed.length > 0 || touched.some(({ status }) => status === 'closed'))
    await app.due.note(workspaceId, new Date(now.getTime() + waitingMs));
  if (open) await app.due.note(workspaceId, idleAt({ lastEventAt: now }, { idleMinutes }));
}

/** Up to this many epochs are sent one by one. One message stands for more of them, and the index worker lists them. */
const maxSingleMessages = 3;

async function sendToIndex(app: AssignApp, workspaceId: string, epochIds: readonly string[], toRelate: string | undefined): Promise<void> {
  const messages: EmbeddingsMessage[] =
    epochIds.length > maxSingleMessages
      ? [{ kind: 'waiting', workspaceId, attempt: 0 }]
      : epochIds.map((epochId) => ({ kind: 'epoch', workspaceId, epochId, attempt: 0 }));
  if (toRelate !== undefined) messages.push({ kind: 'open', workspaceId, epochId: toRelate });
  await nudgeIndex(app, messages);
}
