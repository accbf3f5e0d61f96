import { newId } from '../../../contract/ids.ts';
import { metric } from '../../../contract/names.ts';
import type { App } from '../../platform/app.ts';
import type { EmbeddingsMessage, EpochsMessage } from '../../../contract/messages/memory.ts';
import { withOutbox } from '../../platform/outbox.ts';
import type { OutboxTransaction } from '../../platform/outbox.ts';
import {
  eventsPerBatch,
  findStreamToCut,
  insertCursor,
  listLastSpoken,
  listUncut,
  lockCursor,
  markChanged,
  moveCursor,
  upsertEpochs,
} from './cut-store.ts';
import type { EpochCursor, EpochWrite, StreamToCut, Uncut } from './cut-store.ts';
import { cutEvents } from './cut-events.ts';
import type { DueList } from '../due-workspaces.ts';
import { close, idleAt } from '../epochs/epoch.ts';
import type { EpochDraft, SpokenEvent } from '../epochs/epoch.ts';
import type { KnowledgeSource } from '../learning/knowledge.ts';
import type { Memory } from '../index-handle.ts';
import { listMessageVectors } from './message-vectors.ts';
import type { MessageVectors } from './message-vectors.ts';
import { nudgeIndex } from './nudge.ts';
import { emptyState, step } from '../segmenter/segmenter.ts';
import type { Knowledge, SegmenterState } from '../segmenter/segmenter.ts';
import { epochToTell, tellEpochs } from '../epochs/announce-epochs.ts';

export type AssignApp = Pick<
  App,
  'db' | 'queues' | 'fanOutQueueUrl' | 'epochsQueueUrl' | 'embeddingsQueueUrl' | 'clock' | 'log' | 'metrics'
> & { readonly due: DueList; readonly knowledge: KnowledgeSource; readonly memory: Pick<Memory, 'embedder'> };

/** A long past is taken in at this pace: one batch each. */
const pauseSeconds = 1;

/**
 * Puts what is new in a stream into epochs. Safe to repeat: everything is read behind the stream's own cursor, which is held meanwhile and
 * moves with the epochs in one transaction; a nudge that comes twice, late, or in another order finds nothing to do.
 */
export async function assignEvents(app: AssignApp, { workspaceId, streamId }: EpochsMessage): Promise<void> {
  const meant = await listMessageVectors(app, workspaceId, streamId);
  // It is looked at again with the next message, or by the minutely look.
  if (!meant) return app.due.note(workspaceId, new Date(app.clock.now().getTime() + waitingMs / 2));
  const done = await withOutbox(app, workspaceId, (tx) => assign(app, tx, streamId, meant));
  if (!done) return;
  count(app, done);
  const closed = done.touched.filter(({ status }) => status === 'closed').map(({ id }) => id);
  if (closed.length > 0) await app.due.countClosed(workspaceId, closed.length);
  await noteDue(app, workspaceId, done);
  await sendToIndex(app, workspaceId, [...closed, ...done.changed], done.look);
  if (done.movesAccess) await app.queues.sendLater(app.embeddingsQueueUrl, { kind: 'access', workspaceId, streamId }, 0, workspaceId);
  if (!done.hasMore) return;
  const nudge: EpochsMessage = { kind: 'stream', workspaceId, streamId };
  await app.queues.sendLater(app.epochsQueueUrl, nudge, pauseSeconds, workspaceId);
}

interface Assigned {
  /** Epochs that were opened, extended or closed. */
  readonly touched: readonly EpochDraft[];
  /** The epoch that is open now. */
  readonly open: EpochDraft | undefined;
  readonly openedIds: readonly string[];
  /** Closed epochs in which something was edited or deleted. */
  readonly changed: readonly string[];
  /** The open epoch, where it is to be shown what it is related to. */
  readonly look: string | undefined;
  readonly newest: SpokenEvent | undefined;
  readonly isLive: boolean;
  readonly hasMore: boolean;
  readonly movesAccess: boolean;
  readonly idleMinutes: number;
}

async function assign(
  app: AssignApp,
  tx: OutboxTransaction,
  streamId: string,
  { vectors, upTo = Number.POSITIVE_INFINITY }: MessageVectors,
): Promise<Assigned | undefined> {
  const held = (await hold(app, tx, streamId)) ?? (await insertCursor(tx, streamId).then(() => hold(app, tx, streamId)));
  if (!held) return undefined;
  const { cursor, stream, uncut, changed } = held;
  const { moreAfter } = uncut;
  const events = uncut.events.filter(({ seq }) => seq <= upTo);
  const now = app.clock.now();
  const newest = events.at(-1);
  const readUpTo = events.length < uncut.events.length ? upTo : (moreAfter ?? Math.max(stream.head, newest?.seq ?? 0));
  const drafts = cursor.settings.enabled
    ? await cut(app, tx, streamId, held, { events, readUpTo, vectors })
    : stream.open
      ? [stream.open]
      : [];
  const touched = drafts.filter((draft) => draft !== stream.open);
  const openedIds = touched.filter(({ id }) => id !== stream.open?.id).map(({ id }) => id);
  const told = touched.filter(({ id, status }) => status === 'closed' || openedIds.includes(id));
  const rev = told.length > 0 ? cursor.rev + 1 : cursor.rev;
  const open = drafts.find(({ status }) => status === 'open');
  const isLive = newest !== undefined && now.getTime() - newest.createdAt.getTime() < liveMs;
  const look = open && touched.includes(open) && isLive && isLookDue(open, stream.open, now) ? open.id : undefined;
  if (touched.length > 0) {
    const writes = touched.map((draft) =>
      toWrite(draft, stream.open, told.includes(draft) ? rev : null, draft.id === look ? now : undefined),
    );
    upsertEpochs(tx, streamId, writes, now);
  }
  const isMoved = readUpTo > cursor.seq || stream.head > cursor.changedSeq || touched.length > 0;
  if (isMoved) moveCursor(tx, streamId, { seq: Math.max(readUpTo, cursor.seq), changedSeq: stream.head, rev, now });
  if (told.length > 0) tellEpochs(tx, streamId, { rev, epochs: told.map((draft) => epochToTell(draft, streamId, rev)) });
  return {
    touched,
    open,
    openedIds,
    changed,
    look,
    newest,
    isLive,
    hasMore: moreAfter !== undefined,
    movesAccess: uncut.movesAccess,
    idleMinutes: cursor.settings.idleMinutes,
  };
}

interface Held {
  readonly cursor: EpochCursor;
  readonly stream: StreamToCut;
  readonly uncut: Uncut;
  readonly changed: readonly string[];
}

/** Takes the cursor and reads what is behind it, in one flight; each statement sees what was committed when the cursor was free. */
async function hold(app: AssignApp, tx: OutboxTransaction, streamId: string): Promise<Held | undefined> {
  const [cursor, stream, uncut, changed] = await Promise.all([
    lockCursor(tx, streamId),
    findStreamToCut(tx, streamId),
    listUncut(tx, streamId, eventsPerBatch),
    markChanged(tx, streamId, app.clock.now()),
  ]);
  return cursor && stream && { cursor, stream, uncut, changed };
}

async function cut(
  app: AssignApp,
  tx: OutboxTransaction,
  streamId: string,
  { cursor, stream }: Held,
  said: { events: readonly SpokenEvent[]; readUpTo: number; vectors: ReadonlyMap<number, Float32Array> },
): Promise<EpochDraft[]> {
  const knowledge = await app.knowledge.of(tx, stream.associationsVersion);
  const events = said.events.map((event) => withVector(event, said.vectors.get(event.seq)));
  const open =
    stream.open && stream.open.state === null && events.length > 0
      ? { ...stream.open, state: await remember(tx, streamId, stream.open, knowledge, stream.hasRoles) }
      : stream.open;
  const { settings } = cursor;
  const { barriers, hasRoles } = stream;
  const now = app.clock.now();
  if (open && events.length === 0 && barriers.length === 0 && isIdle(open, cursor, now)) return [close(open, 'idle', now)];
  return cutEvents({
    open,
    events,
    barriers,
    readUpTo: said.readUpTo,
    settings,
    knowledge,
    hasRoles,
    newId: (at) => newId('epoch', at.getTime()),
  });
}

const withVector = (event: SpokenEvent, vector: Float32Array | undefined): SpokenEvent => (vector ? { ...event, vector } : event);

/** Of a past that comes in bit by bit, the last epoch is idle only when nothing more has come for as long. */
const isIdle = ({ lastEventAt }: EpochDraft, { settings, updatedAt }: EpochCursor, now: Date): boolean =>
  now >= idleAt({ lastEventAt: updatedAt && updatedAt > lastEventAt ? updatedAt : lastEventAt }, settings);

/** The segmenter forgets what is further back anyway. */
const rememberedMessages = 30;

/** What the segmenter would remember of an epoch that a member has corrected. */
async function remember(
  tx: OutboxTransaction,
  streamId: string,
  epoch: EpochDraft,
  knowledge: Knowledge,
  hasRoles: boolean,
): Promise<SegmenterState> {
  let state = emptyState;
  for (const { text, actorId: authorId, isAssistant } of await listLastSpoken(tx, streamId, epoch, rememberedMessages)) {
    const stepped = step(state, { text, authorId, isAssistant, hasRoles }, knowledge);
    // It is one epoch, whatever the segmenter thinks of it.
    state = stepped.state;
  }
  return state;
}

/** What was said longer ago than this is told to nobody as it comes in. */
const liveMs = 10 * 60_000;
/** Rooms are shown what the open epoch is related to when it has grown by so many messages, or after so long. */
const lookMessages = 3;
const lookMs = 10_000;

function isLookDue(open: EpochDraft, before: StreamToCut['open'], now: Date): boolean {
  if (!before || before.id !== open.id || before.relatedAt === null) return true;
  return open.messageCount - before.relatedCount >= lookMessages || now.getTime() - before.relatedAt.getTime() >= lookMs;
}

function toWrite(draft: EpochDraft, before: StreamToCut['open'], rev: number | null, lookedAt: Date | undefined): EpochWrite {
  const same = before?.id === draft.id ? before : undefined;
  return {
    ...draft,
    rev,
    relatedCount: lookedAt ? draft.messageCount : (same?.relatedCount ?? 0),
    relatedAt: lookedAt ?? same?.relatedAt ?? null,
  };
}

function count(app: AssignApp, { touched, openedIds, newest, isLive }: Assigned): void {
  app.metrics.count(metric.epochsOpened, openedIds.length);
  app.metrics.count(metric.epochsClosed, touched.filter(({ status }) => status === 'closed').length);
  if (newest && isLive) app.metrics.milliseconds(metric.assignLatency, app.clock.now().getTime() - newest.createdAt.getTime());
}

/** An epoch that waits for the index is looked after when it should long have been there. */
export const waitingMs = 2 * 60_000;

async function noteDue(app: AssignApp, workspaceId: string, { touched, open, changed, idleMinutes }: Assigned): Promise<void> {
  const now = app.clock.now();
  if (changed.length > 0 || touched.some(({ status }) => status === 'closed'))
    await app.due.note(workspaceId, new Date(now.getTime() + waitingMs));
  if (open) await app.due.note(workspaceId, idleAt({ lastEventAt: now }, { idleMinutes }));
}

/** A few go one by one, at once; of more it is only said that they wait. */
const maxSingly = 3;

async function sendToIndex(app: AssignApp, workspaceId: string, epochIds: readonly string[], look: string | undefined): Promise<void> {
  const messages: EmbeddingsMessage[] =
    epochIds.length > maxSingly
      ? [{ kind: 'waiting', workspaceId, attempt: 0 }]
      : epochIds.map((epochId) => ({ kind: 'epoch', workspaceId, epochId, attempt: 0 }));
  if (look !== undefined) messages.push({ kind: 'open', workspaceId, epochId: look });
  await nudgeIndex(app, workspaceId, messages);
}
