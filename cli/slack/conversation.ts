import type { ExportRecord } from '../../contract/transfer.ts';
import { maxInRecord } from '../../contract/transfer-event.ts';
import { draftOf } from './draft.ts';
import type { Draft } from './draft.ts';
import { emojiOf } from './emoji.ts';
import { LeftOut } from './left-out.ts';
import type { Names } from './markup.ts';
import type { People } from './people.ts';
import { listDays, millisecondsOf, readDay } from './slack-files.ts';
import type { SlackConversation, SlackFolder, SlackMessage } from './slack-files.ts';
import { slackId } from './slack-ids.ts';
import { appendTo, closingRecords, newStreamLog, notePost, timeOf } from './stream-log.ts';
import type { StreamLog } from './stream-log.ts';

/** State shared by all conversations of a folder. */
export interface SlackContext {
  readonly folder: SlackFolder;
  readonly people: People;
  readonly names: Names;
  readonly leftOut: LeftOut;
  readonly signal: AbortSignal;
}

/** A conversation with the stream that it becomes. */
export interface PlacedConversation {
  readonly conversation: SlackConversation;
  readonly streamId: string;
  readonly createdMs: number;
  /** undefined for DMs. */
  readonly name: string | undefined;
  readonly slug: string | undefined;
  readonly dmMemberIds: readonly string[] | undefined;
}

interface Thread {
  readonly log: StreamLog;
  readonly starterId: string;
}

/** Discards the notes of the second reading, which finds the same gaps as the first. */
const unheard = new LeftOut();

/**
 * Yields the records of a conversation and its threads. Reads the folder twice, day by day: first for the members and threads, whose
 * records come before the events, then for the events. Memory holds the list of threads, not the messages.
 */
export async function* conversationRecords(context: SlackContext, placed: PlacedConversation): AsyncGenerator<ExportRecord> {
  const log = newStreamLog(placed.streamId, placed.createdMs);
  const { conversation } = placed;
  for (const id of conversation.members) log.members.add(context.people.idOf(id));
  const creator = conversation.creator === undefined ? [...log.members][0] : context.people.idOf(conversation.creator);
  const threads = await survey(context, placed, log);
  const createdBy = creator ?? log.recent[0] ?? context.people.idOf('USLACKBOT', 'slackbot');
  yield* context.people.takeFresh();
  yield streamRecord(log, { ...placed, createdBy });
  for (const thread of threads.values()) yield threadRecord(thread);

  for await (const { message, place, draft, authorId } of draftsOf(context, placed, unheard)) {
    const thread = message.thread_ts === message.ts ? undefined : threads.get(message.thread_ts ?? '');
    yield* eventRecords(context, { message, place, draft, authorId, target: thread?.log ?? log, log, conversation });
  }

  const isPrivate = placed.conversation.kind !== 'channel';
  const owner = placed.dmMemberIds ? undefined : log.members.has(createdBy) ? createdBy : [...log.members][0];
  yield* closingRecords(log, { owner, visibility: isPrivate ? 'private' : 'public' });
  for (const [ts, thread] of threads) {
    const parent = { streamId: log.id, eventId: eventIdOf(conversation, ts) };
    yield* closingRecords(thread.log, { owner: thread.starterId, visibility: 'inherit', parent });
  }
}

const eventIdOf = (conversation: SlackConversation, ts: string, part = 0): string =>
  slackId('event', millisecondsOf(ts), `${conversation.id} ${ts}${part === 0 ? '' : ` ${part}`}`);

interface DraftedMessage {
  readonly message: SlackMessage;
  readonly place: string;
  readonly draft: Draft;
  readonly authorId: string;
}

/** Yields the messages that become events, in order. */
async function* draftsOf(context: SlackContext, { conversation }: PlacedConversation, leftOut: LeftOut): AsyncGenerator<DraftedMessage> {
  let lastTs = '';
  for (const file of await listDays(context.folder, conversation)) {
    const day = await readDay(file, context.signal, (place) => leftOut.note('entries that are no messages as Slack writes them', place));
    for (const { message, place } of day) {
      // A message that came twice in the export.
      if (message.ts === lastTs) continue;
      lastTs = message.ts;
      const authorId = context.people.authorOf(message);
      const draft = draftOf(message, { names: context.names, authorId, leftOut, place });
      if (draft) yield { message, place, draft, authorId };
    }
  }
}

/** Collects the members and the threads. Replies whose first message is missing stay in the conversation. */
async function survey(context: SlackContext, placed: PlacedConversation, log: StreamLog): Promise<Map<string, Thread>> {
  const threads = new Map<string, Thread>();
  const roots = new Map<string, string>();
  for await (const { message, place, draft, authorId } of draftsOf(context, placed, context.leftOut)) {
    const atMs = millisecondsOf(message.ts);
    for (const { users } of message.reactions ?? []) for (const id of users) context.people.idOf(id);
    if (message.thread_ts === undefined || message.thread_ts === message.ts) {
      if (message.thread_ts !== undefined && draft.kind !== 'note') roots.set(message.ts, authorId);
      if (draft.kind === 'words') notePost(log, authorId, atMs);
      continue;
    }
    const root = roots.get(message.thread_ts);
    if (root === undefined) context.leftOut.note('replies whose first message is missing: they stand in the channel', place);
    const id = slackId('stream', atMs, `${placed.conversation.id} ${message.thread_ts}`);
    const thread =
      root === undefined ? undefined : (threads.get(message.thread_ts) ?? startThread(id, atMs, { starterId: authorId, root }));
    if (thread) threads.set(message.thread_ts, thread);
    if (draft.kind === 'words') notePost(thread?.log ?? log, authorId, atMs);
    if (draft.kind === 'words' && draft.inChannelToo) notePost(log, authorId, atMs);
    thread?.log.members.add(authorId);
  }
  return threads;
}

function startThread(id: string, atMs: number, by: { starterId: string; root: string }): Thread {
  const log = newStreamLog(id, atMs);
  log.members.add(by.root);
  return { log, starterId: by.starterId };
}

const base = {
  description: null,
  severity: null,
  promotedAt: null,
  promotedBy: null,
  metadata: null,
  gen: 'slack',
  lastSeq: 0,
  rev: 0,
  countsRev: 0,
};

function streamRecord(log: StreamLog, { conversation, createdBy, ...placed }: PlacedConversation & { createdBy: string }): ExportRecord {
  const archived = conversation.is_archived === true;
  const words = [conversation.purpose?.value, conversation.topic?.value].filter((text) => text !== undefined && text !== '');
  return {
    kind: 'stream',
    ...base,
    id: log.id,
    streamType: placed.dmMemberIds ? 'dm' : 'channel',
    name: placed.name ?? null,
    slug: placed.slug ?? null,
    description: placed.dmMemberIds || words.length === 0 ? null : words.join('\n').toWellFormed().slice(0, 500).toWellFormed().trim(),
    status: archived ? 'archived' : 'active',
    dmMemberIds: placed.dmMemberIds ? [...placed.dmMemberIds] : null,
    lastEventAt: log.lastMs === undefined ? null : timeOf(log.lastMs),
    recentActorIds: [...log.recent],
    createdBy,
    createdAt: timeOf(log.createdMs),
    archivedAt: archived ? timeOf(log.lastMs ?? log.createdMs) : null,
    idempotencyKey: null,
  } as unknown as ExportRecord;
}

const threadRecord = ({ log, starterId }: Thread): ExportRecord =>
  ({
    kind: 'stream',
    ...base,
    id: log.id,
    streamType: 'thread',
    name: null,
    slug: null,
    status: 'active',
    dmMemberIds: null,
    lastEventAt: log.lastMs === undefined ? null : timeOf(log.lastMs),
    recentActorIds: [...log.recent],
    createdBy: starterId,
    createdAt: timeOf(log.createdMs),
    archivedAt: null,
    idempotencyKey: null,
  }) as unknown as ExportRecord;

interface Placing extends DraftedMessage {
  /** The thread or the conversation. */
  readonly target: StreamLog;
  readonly log: StreamLog;
  readonly conversation: SlackConversation;
}

function* eventRecords(
  context: SlackContext,
  { message, place, draft, authorId, target, log, conversation }: Placing,
): Generator<ExportRecord> {
  const id = eventIdOf(conversation, message.ts);
  const key = `slack-${conversation.id}-${message.ts}`;
  const common = { id, clientEventId: key, actorId: authorId, atMs: millisecondsOf(message.ts) };
  if (draft.kind === 'note') return yield appendTo(target, { ...common, eventType: draft.eventType, payload: draft.payload });
  if (draft.kind === 'gone') return yield appendTo(target, { ...common, eventType: 'message', deleted: true });
  const edited = message.edited && /^\d{1,11}(\.\d+)?$/.test(message.edited.ts) ? { editedMs: millisecondsOf(message.edited.ts) } : {};
  for (const [part, text] of draft.parts.entries()) {
    const own = part === 0 ? edited : { id: eventIdOf(conversation, message.ts, part), clientEventId: `${key}-${part + 1}` };
    yield appendTo(target, { ...common, ...own, eventType: 'message', text, ...(part === 0 && { mentions: draft.mentions }) });
    if (part === 0) yield* reactionRecords(context, id, message, place);
  }
  if (draft.inChannelToo && target !== log) {
    const shared = { id: slackId('event', common.atMs, `${conversation.id} ${message.ts} shared`), clientEventId: `${key}-shared` };
    yield appendTo(log, { ...common, ...shared, eventType: 'shared', original: id });
  }
}

function* reactionRecords(
  { people, leftOut }: SlackContext,
  eventId: string,
  message: SlackMessage,
  place: string,
): Generator<ExportRecord> {
  const at = timeOf(millisecondsOf(message.ts));
  const all = (message.reactions ?? []).flatMap(({ name, users }) => {
    const emoji = emojiOf(name);
    if (emoji !== undefined) return users.map((user) => ({ emoji, userId: people.idOf(user), at }));
    leftOut.note(`reactions with :${name}:, which is no emoji that is known here`, place);
    return [];
  });
  for (let i = 0; i < all.length; i += maxInRecord) {
    yield { kind: 'reactions', eventId, reactions: all.slice(i, i + maxInRecord) } as ExportRecord;
  }
}
