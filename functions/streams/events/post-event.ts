import type { Mention, PostEvent, StreamEvent } from '../../../contract/event.ts';
import { newId } from '../../../contract/ids.ts';
import type { StreamId } from '../../../contract/ids.ts';
import type { WorkspaceRole } from '../../../contract/workspace.ts';
import type { App } from '../../platform/app.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { AppError } from '../../platform/errors.ts';
import type { RequestHeaders } from '../../platform/http-input.ts';
import type { OutboxTransaction } from '../../platform/outbox.ts';
import { accessPlainStream } from '../access.ts';
import { append } from './append.ts';
import type { AppendApp, EventToAppend } from './append.ts';
import { claimFile } from './file-store.ts';
import { insertPoll } from './poll-store.ts';
import { keyOf, sendOnce } from './send-once.ts';
import { followThread } from '../members/member-store.ts';
import { findMentions } from '../mentions/mentions.ts';
import { notifyMentioned } from '../mentions/notify.ts';

type Message = Pick<Extract<PostEvent, { eventType: 'message' }>, 'text' | 'clientEventId'> & {
  eventType?: 'message';
  mentions?: readonly Mention[];
};
type PostEventInput = (PostEvent | Message) & { streamId: StreamId } & RequestHeaders;

/**
 * Posts a message, a poll, a file or an event of a custom type. One transaction writes position, event, content, author's pointer, mentions
 * and outbox rows; they are published after the commit. `repeated`: the client event id was used before, and `event` is the first one.
 */
export async function postEvent(
  app: AppendApp,
  caller: UserCaller,
  input: PostEventInput,
): Promise<{ event: StreamEvent; repeated: boolean }> {
  const send = keyOf(input, bodyOf(input));
  return sendOnce(app, caller, send, async (tx) => {
    const found = await accessPlainStream(tx, caller, input.streamId, 'post');
    const id = newId('event', app.clock.now().getTime());
    const author = { id: caller.userId, name: found.caller.name };
    const what = { ...(await contentOf(app, tx, { caller, role: found.caller.workspaceRole }, id, input)), ...send, id };
    const follows = found.stream.streamType === 'thread' && !found.stream.isMember;
    const appended = append(app, tx, found.stream, author, what, { inLine: true });
    // Nothing else depends on the position: append, outbox row and commit go in one flight, and no round trip holds the stream's lock.
    if (!follows && !what.mentions?.length) return { event: appended };
    const event = await appended;
    if (follows) followThread(tx, { stream: found.stream, userId: caller.userId, event });
    await notifyMentioned(app, tx, found.stream, event);
    return { event };
  });
}

/** The fields that a repeat must have, alike for requests and frames. */
function bodyOf(input: PostEventInput): object {
  const { eventType = 'message', mentions = [], ...rest } = input as PostEventInput & { mentions?: readonly Mention[] };
  const fields = ['text', 'payload', 'fileId', 'question', 'options', 'multiple', 'closesAt'] as const;
  const own = Object.fromEntries(fields.map((field) => [field, (rest as Record<string, unknown>)[field]]));
  return { eventType, ...own, mentions: mentions.map(({ type, id }) => [type, id]) };
}

type ClockApp = Pick<App, 'clock'>;

/** Prepares the event to append by its type, and writes the rows of its own table. */
async function contentOf(
  app: ClockApp,
  tx: OutboxTransaction,
  { caller, role }: { caller: UserCaller; role: WorkspaceRole },
  id: string,
  input: PostEventInput,
): Promise<EventToAppend> {
  if (input.eventType === 'poll' && 'question' in input) return newPoll(app, tx, id, input);
  const { text, mentions: given = [] } = input as { text?: string; mentions?: readonly Mention[] };
  const author = { authorId: caller.userId, authorRole: role, streamId: input.streamId };
  const mentions = text === undefined ? [] : await findMentions(tx, author, text, given);
  const words = text === undefined ? {} : { text, mentions };
  if (input.eventType === 'file' && 'fileId' in input) return { ...words, ...(await postedFile(tx, caller, id, input)) };
  return { eventType: input.eventType ?? 'message', ...words, ...('payload' in input && { payload: input.payload }) };
}

type PollInput = Extract<PostEvent, { eventType: 'poll'; question: string }>;

function newPoll(app: ClockApp, tx: OutboxTransaction, id: string, input: PollInput): EventToAppend {
  const { question, multiple } = input;
  const closesAt = input.closesAt === undefined ? null : new Date(input.closesAt);
  if (closesAt && closesAt <= app.clock.now()) throw badField('body.closesAt', 'must be in the future');
  // Its offset may move it past the year 9999, the last with four digits.
  if (closesAt && closesAt.getUTCFullYear() > 9999) throw badField('body.closesAt', 'must be before the year 10000');
  const options = input.options.map((text, index) => ({ id: `opt_${index + 1}`, text }));
  insertPoll(tx, { id, question, options, multiple, closesAt });
  const shown = options.map((option) => ({ ...option, count: 0, userIds: [] }));
  return {
    eventType: 'poll',
    content: { type: 'poll', id },
    shown: { poll: { question, options: shown, multiple, voterCount: 0, closesAt: closesAt?.toISOString() ?? null } },
  };
}

type FileInput = Extract<PostEvent, { eventType: 'file'; fileId: string }>;

async function postedFile(
  tx: OutboxTransaction,
  caller: UserCaller,
  eventId: string,
  input: FileInput & { streamId: string },
): Promise<EventToAppend> {
  const { fileId, streamId } = input;
  const file = await claimFile(tx, { fileId, streamId, userId: caller.userId, eventId });
  if (!file) throw badField('body.fileId', 'must be a file that you uploaded to this stream, complete, and not posted yet');
  const { createdAt, ...content } = file;
  const shown = { ...content, id: fileId, uploadedBy: caller.userId, createdAt: createdAt.toISOString() };
  return { eventType: 'file', content: { type: 'file', id: fileId }, shown: { file: shown } };
}

const badField = (path: string, message: string) => new AppError('invalid_input', `${path}: ${message}`, { errors: [{ path, message }] });
