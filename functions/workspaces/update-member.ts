import { closeCodes, room } from '../../contract/frames.ts';
import { UserId } from '../../contract/ids.ts';
import type { User, WorkspaceRole } from '../../contract/workspace.ts';
import type { App } from '../platform/app.ts';
import type { ApiKeyCaller, UserCaller } from '../platform/authenticate.ts';
import { AppError } from '../platform/errors.ts';
import { recordAudit } from '../platform/audit.ts';
import { withAccessChange } from '../platform/outbox.ts';
import type { OutboxTransaction } from '../platform/outbox.ts';
import { countOtherOwners, lockMember, markRemoved, setRole, settleWhatGuestsDoNotSee, takeRevision } from './member-store.ts';

type MembersApp = Pick<App, 'db' | 'subscriptions' | 'queues' | 'fanOutQueueUrl' | 'clock' | 'log' | 'metrics'>;
type Manager = UserCaller | ApiKeyCaller;

/** Changes the role of a member. A new guest sees less, so their connections are closed and open again. */
export async function updateMember(app: MembersApp, caller: Manager, input: { userId: string; role: WorkspaceRole }): Promise<User> {
  return withAccessChange(app, caller, async (tx) => {
    const place = await takeRevision(tx);
    const member = await accessManaged(tx, caller, input.userId, input.role);
    if (member.role === input.role) throw new NothingToDo(member);
    await requireOwnerLeft(tx, member);
    await setRole(tx, member.id, input.role);
    if (input.role === 'guest') await settleWhatGuestsDoNotSee(tx, member.id, app.clock.now());
    const updated = { ...member, role: input.role };
    tell(app, tx, caller, place, { ...updated, removedAt: null });
    tx.closeConnections(member.id, closeCodes.insufficient_state, 'role_changed');
    const details = { from: member.role, to: input.role };
    recordAudit(tx, caller, { action: 'member.role_changed', subject: { kind: 'member', id: member.id }, details, at: app.clock.now() });
    return updated;
  }).catch((error: unknown) => {
    if (error instanceof NothingToDo) return error.member;
    throw error;
  });
}

/** Rolls the transaction back: a position without a frame would look like a hole in the workspace's room. */
class NothingToDo extends Error {
  readonly member: User;
  constructor(member: User) {
    super('They have this role already');
    this.member = member;
  }
}

/** Removes a member: they lose access and receive nothing more. Their messages stay. */
export async function removeMember(app: MembersApp, caller: Manager, input: { userId: string }): Promise<void> {
  await withAccessChange(app, caller, async (tx) => {
    const place = await takeRevision(tx);
    const member = await accessManaged(tx, caller, input.userId, undefined);
    await requireOwnerLeft(tx, member);
    const removedAt = app.clock.now();
    await markRemoved(tx, member.id, removedAt);
    tell(app, tx, caller, place, { ...member, removedAt: removedAt.toISOString() });
    tx.closeConnections(member.id, closeCodes.revoked, 'removed');
    recordAudit(tx, caller, { action: 'member.removed', subject: { kind: 'member', id: member.id }, at: removedAt });
  });
}

/**
 * Locks the member for a caller who may manage them: an API key, an owner, or an admin if no owner is added or removed. Members may remove
 * themselves.
 */
async function accessManaged(tx: OutboxTransaction, caller: Manager, userId: string, role: WorkspaceRole | undefined): Promise<User> {
  const manager = caller.kind === 'apiKey' ? undefined : await lockMember(tx, caller.userId);
  if (caller.kind === 'user' && !manager) throw new AppError('not_found');
  const member = await lockMember(tx, userId);
  const isOwn = manager !== undefined && manager.id === member?.id && role === undefined;
  if (manager && !isOwn && manager.role !== 'owner' && manager.role !== 'admin') {
    throw new AppError('forbidden', 'Needs one of the roles: owner, admin.');
  }
  if (!member) throw new AppError('not_found', 'There is no such member in the workspace.');
  if (manager && manager.role !== 'owner' && !isOwn && (member.role === 'owner' || role === 'owner')) {
    throw new AppError('forbidden', 'Owners are made, and unmade, by owners.');
  }
  return member;
}

async function requireOwnerLeft(tx: OutboxTransaction, member: User): Promise<void> {
  if (member.role === 'owner' && (await countOtherOwners(tx, member.id)) === 0) {
    throw new AppError('last_owner', 'Make somebody else an owner of the workspace first.');
  }
}

function tell(
  app: Pick<App, 'clock'>,
  tx: OutboxTransaction,
  caller: Manager,
  { rev, gen }: { rev: number; gen: string },
  data: User & { removedAt: string | null },
): void {
  tx.enqueue(room.workspace(caller.workspaceId), gen, {
    seq: rev,
    type: 'member:updated',
    at: app.clock.now().toISOString(),
    actor: caller.kind === 'user' ? UserId.parse(caller.userId) : null,
    data,
  });
}
