import type { Stream } from '../../../contract/stream.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { withOutbox } from '../../platform/outbox.ts';
import { accessStream, requireAllowed } from '../access.ts';
import { announceMembership } from '../streams/announce.ts';
import { append } from '../events/append.ts';
import type { AppendApp } from '../events/append.ts';
import { addMembers } from './member-store.ts';
import { readStream } from '../streams/read-stream.ts';
import { findStream } from '../streams/stream-store.ts';

/** Joins a stream that the caller sees; of a thread they become a follower, which is no event. Joining again changes nothing. */
export async function joinStream(app: AppendApp, caller: UserCaller, input: { streamId: string }): Promise<Stream> {
  return withOutbox(app, caller.workspaceId, async (tx) => {
    const found = await accessStream(tx, caller, input.streamId, 'read');
    const { stream } = found;
    if (stream.isMember) return stream;
    requireAllowed(found, 'join');
    const isThread = stream.streamType === 'thread';
    const payload = { userIds: [caller.userId] };
    // Appended first: it holds the stream's row, so that joining and leaving at the same moment come one after the other.
    if (!isThread) await append(app, tx, stream, { id: caller.userId, name: found.caller.name }, { eventType: 'member_joined', payload });
    const added = await addMembers(tx, stream.id, [{ userId: caller.userId, role: 'member' }], app.clock.now());
    if (added.length === 0) throw new JoinedMeanwhile();
    await announceMembership(app, tx, caller.userId, stream.id, [caller.userId]);
    return (await findStream(tx, caller.userId, stream.id))?.stream ?? stream;
  }).catch((error: unknown) => {
    if (error instanceof JoinedMeanwhile) return readStream(app, caller, input);
    throw error;
  });
}

/** The same member joined at the same moment, from another device: undone, so that the stream notes it once. */
class JoinedMeanwhile extends Error {}
