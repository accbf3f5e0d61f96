import type { UserCaller } from '../../platform/authenticate.ts';
import { AppError } from '../../platform/errors.ts';
import { withAccessChange } from '../../platform/outbox.ts';
import type { AccessApp, AccessTransaction } from '../../platform/outbox.ts';
import { accessStream, requireAllowed } from '../access.ts';
import { announceRemoval } from '../streams/announce.ts';
import { listRoomsFrom } from '../streams/descendant-store.ts';
import { append } from '../events/append.ts';
import type { AppendApp } from '../events/append.ts';
import { takePosition } from '../events/log-store.ts';
import { auditMembership } from './audit-membership.ts';
import { countOthers, endMembership, findMember } from './member-store.ts';
import { unfollowHidden } from './unfollow-hidden.ts';
import { withdrawHidden } from '../mentions/notify.ts';
import type { StreamForCaller } from '../stream.ts';

/** Leaves a stream, or unfollows a thread. Leaving again changes nothing. */
export async function leaveStream(app: AccessApp & AppendApp, caller: UserCaller, input: { streamId: string }): Promise<void> {
  await withAccessChange(app, caller, async (tx) => {
    const found = await accessStream(tx, caller, input.streamId, 'read');
    if (found.stream.isMember) requireAllowed(found, 'leave');
    else return;
    await endMembershipOf(app, tx, found, caller, caller.userId);
  }).catch((error: unknown) => {
    if (!(error instanceof MemberNotFound)) throw error;
  });
}

/** Error: the user is not in the stream, or left it concurrently. */
class MemberNotFound extends AppError {
  constructor() {
    super('not_found', 'There is no such member in this stream.');
  }
}

/** Removes a member from a stream. */
export async function removeStreamMember(
  app: AccessApp & AppendApp,
  caller: UserCaller,
  input: { streamId: string; userId: string },
): Promise<void> {
  if (input.userId === caller.userId) return leaveStream(app, caller, input);
  await withAccessChange(app, caller, async (tx) => {
    const found = await accessStream(tx, caller, input.streamId, 'manageMembers');
    const member = await findMember(tx, found.stream.id, input.userId);
    if (!member) throw new MemberNotFound();
    if (member.role === 'owner' && found.caller.streamRole !== 'owner' && found.caller.workspaceRole !== 'owner') {
      throw new AppError('forbidden', 'Owners are taken out by owners.');
    }
    await endMembershipOf(app, tx, found, caller, input.userId);
  });
}

/**
 * Ends a membership under the lock of the stream. Appends an event, notifies the member's devices and revokes the subscriptions, in order.
 * Later events do not reach the member, unless they may still read the stream.
 */
async function endMembershipOf(
  app: AccessApp & AppendApp,
  tx: AccessTransaction,
  { stream, caller: { name } }: StreamForCaller,
  caller: UserCaller,
  userId: string,
): Promise<void> {
  const actor = { id: caller.userId, name };
  const isThread = stream.streamType === 'thread';
  if (isThread) await takePosition(tx, stream.id);
  else await append(app, tx, stream, actor, { eventType: 'member_left', payload: { userIds: [userId] }, evenArchived: true });
  const others = await countOthers(tx, stream.id, userId);
  const now = app.clock.now();
  const leaving = await findMember(tx, stream.id, userId);
  if (!leaving || !(await endMembership(tx, stream.id, userId, now))) throw new MemberNotFound();
  if (!isThread && leaving.role === 'owner' && others.owners === 0 && others.members > 0) {
    throw new AppError('last_owner', 'Make somebody else an owner first.');
  }
  if (!isThread) {
    auditMembership(app, tx, caller, 'stream.member_removed', { streamId: stream.id, userIds: [userId], role: leaving.role });
    await unfollowHidden(app, tx, actor.id, { streamId: stream.id, leaverId: userId });
    tx.revoke(await listRoomsFrom(tx, stream.id), [userId]);
  }
  await announceRemoval(app, tx, actor.id, stream, userId);
  if (!isThread) await withdrawHidden(app, tx, actor.id, { streamId: stream.id, userId });
}
