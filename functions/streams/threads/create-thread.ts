import { newId } from '../../../contract/ids.ts';
import { verdictOn } from '../../../contract/policy.ts';
import type { CreateThread, Stream } from '../../../contract/stream.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { AppError } from '../../platform/errors.ts';
import { newGeneration } from '../../platform/generation.ts';
import { withOutbox } from '../../platform/outbox.ts';
import type { OutboxTransaction } from '../../platform/outbox.ts';
import { accessStream } from '../access.ts';
import { announceMembership } from '../streams/announce.ts';
import { append } from '../events/append.ts';
import type { AppendApp } from '../events/append.ts';
import { takePosition, touchEvent } from '../events/log-store.ts';
import { enqueueChange } from '../events/change-event.ts';
import { findEvent } from '../events/event-store.ts';
import { listReadersAmong } from '../streams/room-store.ts';
import { findBranch, findStream, insertStream } from '../streams/stream-store.ts';
import { isCountable, maySee } from '../stream.ts';
import type { StreamForCaller } from '../stream.ts';

/**
 * Starts a thread on an event. Its readers are always those of the event's stream; its starter follows it, and the
 * author of the event who can still read it. An event has one thread: `repeated` means it existed already.
 */
export async function createThread(
  app: AppendApp,
  caller: UserCaller,
  input: CreateThread & { streamId: string },
): Promise<{ stream: Stream; repeated: boolean }> {
  return withOutbox(app, caller, async (tx) => {
    const parent = await accessStream(tx, caller, input.streamId, 'post');
    if (verdictOn(parent.stream, 'startThread') === 'unknown')
      throw new AppError('wrong_stream_type', 'A thread has no threads: reply in it, or promote it first.');
    const seq = (await takePosition(tx, parent.stream.id)).seq;
    const root = await findEvent(tx, caller.userId, parent.stream.id, input.eventId);
    if (!root) throw new AppError('not_found', 'There is no such event in this stream.');
    const before = root.thread || root.isBranchedOff === true ? await findBranch(tx, caller.userId, root.id) : undefined;
    if (before && !maySee(before)) throw new AppError('forbidden', 'What branched off this event has readers of its own.');
    if (before) throw new ThreadExists(before.stream);
    if (root.deletedAt !== null) throw new AppError('event_deleted');
    if (!isCountable(root.eventType)) throw new AppError('wrong_event_type', 'Threads start on what people posted.');
    return {
      stream: await start(app, tx, caller, parent, { rootId: root.id, authorId: root.actorId, seq, name: input.name }),
      repeated: false,
    };
  }).catch((error: unknown) => {
    if (error instanceof ThreadExists) return { stream: error.stream, repeated: true };
    throw error;
  });
}

async function start(
  app: AppendApp,
  tx: OutboxTransaction,
  caller: UserCaller,
  { stream: parent, accessIds, caller: starter }: StreamForCaller,
  { rootId, authorId, seq, name }: { rootId: string; authorId: string; seq: number; name: string | undefined },
): Promise<Stream> {
  const id = newId('stream', app.clock.now().getTime());
  // The author of an old message may have lost the stream since.
  const authors = authorId === caller.userId ? [] : await listReadersAmong(tx, parent.id, [authorId]);
  const followers = [caller.userId, ...authors];
  const made = await insertStream(
    tx,
    {
      id,
      streamType: 'thread',
      name: name ?? null,
      slug: null,
      description: null,
      visibility: 'inherit',
      severity: null,
      parentStreamId: parent.id,
      branchedFromEventId: rootId,
      accessIds,
      dmMemberIds: null,
      gen: newGeneration(),
      createdBy: caller.userId,
      idempotencyKey: null,
      createdAt: app.clock.now(),
    },
    followers.map((userId) => ({ userId, role: userId === caller.userId ? 'owner' : 'member' })),
  );
  if (!made) throw new Error(`The thread on ${rootId} could not be made`);
  touchEvent(tx, rootId, seq);
  const root = await findEvent(tx, caller.userId, parent.id, rootId);
  const at = app.clock.now();
  if (root) enqueueChange(tx, parent.gen, { ...root, changedSeq: seq }, { type: 'event:updated', actor: caller.userId, at });
  const payload = { threadStreamId: id, rootEventId: rootId };
  await append(app, tx, parent, { id: caller.userId, name: starter.name }, { eventType: 'thread_started', payload });
  await announceMembership(app, tx, caller.userId, id, followers);
  const thread = await findStream(tx, caller.userId, id);
  if (!thread) throw new Error(`The thread ${id} is gone`);
  return thread.stream;
}

/** Rolls back the transaction, so that a repeat takes no position. */
class ThreadExists extends Error {
  readonly stream: Stream;
  constructor(stream: Stream) {
    super('It is there already');
    this.stream = stream;
  }
}
