import type { Stream } from '../../../contract/stream.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { withOutbox } from '../../platform/outbox.ts';
import { accessStream, requireAllowed } from '../access.ts';
import { announceMembership } from '../streams/announce.ts';
import { append } from '../events/append.ts';
import type { AppendApp } from '../events/append.ts';
import { auditMembership } from './audit-membership.ts';
import { addMembers } from './member-store.ts';
import { readStream } from '../streams/read-stream.ts';
import { findStream } from '../streams/stream-store.ts';

/** Joins a stream that the caller sees. For a thread the caller becomes a follower, without an event. Joining again changes nothing. */
export async function joinStream(app: AppendApp, caller: UserCaller, input: { streamId: string }): Promise<Stream> {
  return withOutbox(app, caller, async (tx) => {
    const found = await accessStream(tx, caller, input.streamId, 'read');
    const { stream } = found;
    if (stream.isMember) return stream;
    requireAllowed(found, 'join');
    const isThread = stream.streamType === 'thread';
    const payload = { userIds: [caller.userId] };
    // The append comes first, because this locks the stream's row: concurrent joins and leaves of a member run one after the other.
    if (!isThread) await append(app, tx, stream, { id: caller.userId, name: found.caller.name }, { eventType: 'member_joined', payload });
    const added = await addMembers(tx, stream.id, [{ userId: caller.userId, role: 'member' }], app.clock.now());
    if (added.length === 0) throw new ConcurrentJoin();
    if (!isThread)
      auditMembership(app, tx, caller, 'stream.member_added', { streamId: stream.id, userIds: [caller.userId], role: 'member' });
    await announceMembership(app, tx, caller.userId, stream.id, [caller.userId]);
    return (await findStream(tx, caller.userId, stream.id))?.stream ?? stream;
  }).catch((error: unknown) => {
    if (error instanceof ConcurrentJoin) return readStream(app, caller, input);
    throw error;
  });
}

/** Error: the same member joined concurrently from another device. The rollback keeps a single event. */
class ConcurrentJoin extends Error {}
