import type { InviteMembers, StreamMember } from '../../../contract/stream.ts';
import type * as z from 'zod';
import { newId } from '../../../contract/ids.ts';
import type { StreamEvent } from '../../../contract/event.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { AppError } from '../../platform/errors.ts';
import { withOutbox } from '../../platform/outbox.ts';
import type { OutboxTransaction } from '../../platform/outbox.ts';
import { accessStream } from '../access.ts';
import { announceInherited, announceMembership } from '../streams/announce.ts';
import { append } from '../events/append.ts';
import type { AppendApp } from '../events/append.ts';
import { auditMembership } from './audit-membership.ts';
import { addMembers, findPeople, insertInvitations } from './member-store.ts';
import { enqueueNotification } from '../mentions/notify.ts';
import type { StreamForCaller } from '../stream.ts';

type Input = z.infer<typeof InviteMembers> & { streamId: string };

/** Adds workspace members to a stream and skips those already in it. If none is new, or one is unknown, nothing changes. */
export async function inviteMembers(app: AppendApp, caller: UserCaller, input: Input): Promise<{ added: StreamMember[] }> {
  return withOutbox(app, caller, async (tx) => {
    const found = await accessStream(tx, caller, input.streamId, 'invite');
    const { stream } = found;
    if (input.role !== 'member') requireMayGrant(found, input.role);
    const userIds = [...new Set<string>(input.userIds)];
    await requireKnown(tx, input.userIds);
    // The append comes first, because this locks the stream's row. Existing members are detected below, and the transaction is rolled back.
    const actor = { id: caller.userId, name: found.caller.name };
    const event = await append(app, tx, stream, actor, { eventType: 'member_joined', payload: { userIds, invitedBy: caller.userId } });
    const added = await addMembers(
      tx,
      stream.id,
      userIds.map((userId) => ({ userId, role: input.role })),
      app.clock.now(),
    );
    if (added.length === 0) {
      const errors = input.userIds.map((_, index) => ({ path: `body.userIds.${index}`, message: 'is in the stream already' }));
      throw new AppError('already_member', 'Nobody of them is new.', { errors });
    }
    const newcomers = added.map(({ user }) => user.id as string);
    auditMembership(app, tx, caller, 'stream.member_added', { streamId: stream.id, userIds: newcomers, role: input.role });
    await announceMembership(app, tx, caller.userId, stream.id, newcomers);
    await announceInherited(app, tx, caller.userId, stream.id, newcomers);
    await notifyInvited(
      app,
      tx,
      found,
      event,
      newcomers.filter((id) => id !== caller.userId),
    );
    return { added };
  });
}

/** Throws if the caller would grant a role above their own. */
function requireMayGrant(found: StreamForCaller, role: string): void {
  const { streamRole, workspaceRole } = found.caller;
  const isOwner = streamRole === 'owner' || workspaceRole === 'owner';
  if (isOwner || (role === 'admin' && (streamRole === 'admin' || workspaceRole === 'admin'))) return;
  const message = 'is more than you may give: owners make owners, owners and admins make admins';
  throw new AppError('forbidden', `body.role: ${message}`, { errors: [{ path: 'body.role', message }] });
}

async function requireKnown(tx: OutboxTransaction, userIds: readonly string[]): Promise<void> {
  const known = new Set((await findPeople(tx, userIds)).map(({ id }) => id));
  const errors = userIds.flatMap((id, index) =>
    known.has(id) ? [] : [{ path: `body.userIds.${index}`, message: `${id} is not in the workspace` }],
  );
  if (errors.length > 0)
    throw new AppError('invalid_input', errors.map(({ path, message }) => `${path}: ${message}`).join('; '), { errors });
}

async function notifyInvited(
  app: AppendApp,
  tx: OutboxTransaction,
  { stream }: StreamForCaller,
  event: StreamEvent,
  userIds: readonly string[],
): Promise<void> {
  if (userIds.length === 0) return;
  const at = app.clock.now();
  const invited = userIds.map((userId) => ({ userId, notificationId: newId('notification', at.getTime()) }));
  const notified = await insertInvitations(tx, {
    streamId: stream.id,
    eventId: event.id,
    seq: event.seq,
    actorId: event.actorId,
    invited,
    createdAt: at,
  });
  for (const one of notified) enqueueNotification(tx, stream, { kind: 'invited', event, at }, { ...one, read: undefined });
}
