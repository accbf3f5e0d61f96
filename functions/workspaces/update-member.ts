import type { User, WorkspaceRole } from '../../contract/workspace.ts';
import { AppError } from '../platform/errors.ts';
import { withAccessChange } from '../platform/outbox.ts';
import type { OutboxTransaction } from '../platform/outbox.ts';
import { changeRole, endMembership } from './member-changes.ts';
import type { Manager, MembersApp } from './member-changes.ts';
import { lockMembership, takeRevision } from './member-store.ts';

/** Changes the role of a member. */
export async function updateMember(app: MembersApp, caller: Manager, input: { userId: string; role: WorkspaceRole }): Promise<User> {
  return withAccessChange(app, caller, async (tx) => {
    const position = await takeRevision(tx);
    const member = await accessManaged(tx, caller, input);
    if (member.role === input.role) throw new NothingToDo(member);
    const updated = { ...member, role: input.role };
    await changeRole(app, tx, { caller, position }, { user: updated, from: member.role });
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
    const position = await takeRevision(tx);
    const member = await accessManaged(tx, caller, { userId: input.userId });
    await endMembership(app, tx, { caller, position }, member);
  });
}

/** Locks the member; undefined for users who are no members of the workspace. */
async function lockMember(tx: OutboxTransaction, userId: string): Promise<User | undefined> {
  const found = await lockMembership(tx, userId);
  return found?.removedAt === null ? found.user : undefined;
}

/**
 * Locks the member for a caller who may manage them: an API key, an owner, or an admin if no owner is added or removed. Members may manage
 * themselves, apart from their role.
 */
export async function accessManaged(
  tx: OutboxTransaction,
  caller: Manager,
  { userId, role }: { readonly userId: string; readonly role?: WorkspaceRole },
): Promise<User> {
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
