import type * as z from 'zod';
import type { StreamMember, UpdateStreamMember } from '../../../contract/stream.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { AppError } from '../../platform/errors.ts';
import { withOutbox } from '../../platform/outbox.ts';
import type { OutboxTransaction } from '../../platform/outbox.ts';
import { accessStream, requireAllowed } from '../access.ts';
import { announceMembership } from '../streams/announce.ts';
import { append } from '../events/append.ts';
import type { AppendApp } from '../events/append.ts';
import { auditMembership } from './audit-membership.ts';
import { countOthers, findMember, setMemberRole, setNotifyLevel } from './member-store.ts';
import type { StreamForCaller } from '../stream.ts';

type Input = z.infer<typeof UpdateStreamMember> & { streamId: string; userId: string };

/** Changes a member's role (requires managing the stream), or the caller's own notify level. */
export async function updateStreamMember(app: AppendApp, caller: UserCaller, input: Input): Promise<StreamMember> {
  return withOutbox(app, caller, async (tx) => {
    const found = await accessStream(tx, caller, input.streamId, 'read');
    const isOwn = input.userId === caller.userId;
    if (input.notifyLevel !== undefined && !isOwn) throw new AppError('forbidden', 'body.notifyLevel: is for oneself only');
    if (input.role !== undefined) requireAllowed(found, 'manageMembers');
    const member = await findMember(tx, found.stream.id, input.userId);
    if (!member)
      throw isOwn
        ? new AppError('not_a_member', 'Join the stream first.')
        : new AppError('not_found', 'There is no such member in this stream.');
    if (input.role !== undefined && input.role !== member.role) await changeRole(app, tx, caller, found, member, input.role);
    if (input.notifyLevel !== undefined) await setNotifyLevel(tx, found.stream.id, input.userId, input.notifyLevel);
    await announceMembership(app, tx, caller.userId, found.stream.id, [input.userId]);
    return { ...member, role: input.role ?? member.role };
  });
}

async function changeRole(
  app: AppendApp,
  tx: OutboxTransaction,
  caller: UserCaller,
  { stream, caller: who }: StreamForCaller,
  member: StreamMember,
  role: StreamMember['role'],
): Promise<void> {
  const isOwner = who.streamRole === 'owner' || who.workspaceRole === 'owner';
  if (!isOwner && (role === 'owner' || member.role === 'owner')) throw new AppError('forbidden', 'Owners are made, and unmade, by owners.');
  const payload = { kind: 'role_changed', userId: member.user.id, from: member.role, to: role };
  // The append comes first, because this locks the stream's row: two last owners cannot step down concurrently.
  await append(app, tx, stream, { id: caller.userId, name: who.name }, { eventType: 'system', payload });
  if (member.role === 'owner' && (await countOthers(tx, stream.id, member.user.id)).owners === 0) {
    throw new AppError('last_owner', 'Make somebody else an owner first.');
  }
  await setMemberRole(tx, stream.id, member.user.id, role);
  const details = { userIds: [member.user.id], from: member.role, role };
  auditMembership(app, tx, caller, 'stream.member_role_changed', { streamId: stream.id, ...details });
}
