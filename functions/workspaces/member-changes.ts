import { byeCodes } from '../../contract/close-codes.ts';
import { room } from '../../contract/frames.ts';
import { UserId } from '../../contract/ids.ts';
import type { User, WorkspaceRole } from '../../contract/workspace.ts';
import { recordAudit } from '../platform/audit.ts';
import type { ApiKeyCaller, UserCaller } from '../platform/authenticate.ts';
import { AppError } from '../platform/errors.ts';
import type { AccessApp, AccessTransaction, OutboxTransaction } from '../platform/outbox.ts';
import {
  countOtherOwners,
  endEverything,
  insertMember,
  markRemoved,
  isBeingErased,
  markRestored,
  setProfile,
  setRole,
  settleWhatGuestsDoNotSee,
} from './member-store.ts';
import type { Membership, NewMember } from './member-store.ts';

/**
 * The changes of members, for every route that makes them: `PATCH` and `DELETE` of a member, `POST /v1/tokens`. Each one keeps the last
 * owner, tells the workspace's room, and stands in the audit log. The caller has taken the room's next position and locked the member.
 */
export type MembersApp = AccessApp;
export type Manager = UserCaller | ApiKeyCaller;

/** Position that a change takes in the workspace's room. */
export interface RoomPosition {
  readonly rev: number;
  readonly gen: string;
}
interface Change {
  readonly caller: Manager;
  readonly position: RoomPosition;
}

/** Adds a user who has never been a member. */
export async function addMember(
  app: MembersApp,
  tx: OutboxTransaction,
  change: Change,
  member: Omit<NewMember, 'role'> & { readonly role: WorkspaceRole | null },
): Promise<Membership> {
  const now = app.clock.now();
  const user = await insertMember(tx, { ...member, role: member.role ?? 'member' }, now);
  announce(tx, change, { ...user, removedAt: null }, now);
  const details = { role: user.role };
  recordAudit(tx, change.caller, { action: 'member.added', subject: { kind: 'member', id: user.id }, details, at: now });
  return { user, removedAt: null, tokenVersion: 0 };
}

/** Stores another name or email address. */
export async function changeProfile(app: MembersApp, tx: OutboxTransaction, change: Change, user: User): Promise<void> {
  const now = app.clock.now();
  await setProfile(tx, user, now);
  announce(tx, change, { ...user, removedAt: null }, now);
}

/**
 * Changes the role of a member; throws `last_owner`. The connections are closed and open again with the new rights. A new guest loses
 * what guests do not see. `user` may hold other changes to announce.
 */
export async function changeRole(
  app: MembersApp,
  tx: AccessTransaction,
  change: Change,
  { user, from }: { readonly user: User; readonly from: WorkspaceRole },
): Promise<void> {
  const now = app.clock.now();
  await requireOwnerLeft(tx, { id: user.id, role: from });
  await setRole(tx, user.id, user.role);
  if (user.role === 'guest') await settleWhatGuestsDoNotSee(tx, user.id, now);
  announce(tx, change, { ...user, removedAt: null }, now);
  tx.closeConnections(user.id, byeCodes.insufficient_state, 'role_changed');
  const details = { from, to: user.role };
  recordAudit(tx, change.caller, { action: 'member.role_changed', subject: { kind: 'member', id: user.id }, details, at: now });
}

/** Removes a member with all tokens, connections and memberships of streams; throws `last_owner`. Their messages stay. */
export async function endMembership(app: MembersApp, tx: AccessTransaction, change: Change, user: User): Promise<void> {
  const now = app.clock.now();
  await requireOwnerLeft(tx, user);
  await markRemoved(tx, user.id, now);
  await endEverything(tx, user.id, now);
  announce(tx, change, { ...user, removedAt: now.toISOString() }, now);
  tx.closeConnections(user.id, byeCodes.revoked, 'removed');
  recordAudit(tx, change.caller, { action: 'member.removed', subject: { kind: 'member', id: user.id }, at: now });
}

/** Makes a removed user a member again: of no stream, and with none of the tokens of before. Throws `member_removed` during their erasure. */
export async function restoreMember(app: MembersApp, tx: AccessTransaction, change: Change, user: User): Promise<Membership> {
  if (await isBeingErased(tx, user.id)) throw new AppError('member_removed', 'They are being erased. Wait for the end.');
  const now = app.clock.now();
  // Earlier releases left memberships in place when they removed a member.
  await endEverything(tx, user.id, now);
  const tokenVersion = await markRestored(tx, user.id, user.role, now);
  announce(tx, change, { ...user, removedAt: null }, now);
  const details = { role: user.role };
  recordAudit(tx, change.caller, { action: 'member.restored', subject: { kind: 'member', id: user.id }, details, at: now });
  return { user, removedAt: null, tokenVersion };
}

async function requireOwnerLeft(tx: OutboxTransaction, { id, role }: { readonly id: string; readonly role: WorkspaceRole }): Promise<void> {
  if (role === 'owner' && (await countOtherOwners(tx, id)) === 0) {
    throw new AppError('last_owner', 'Make somebody else an owner of the workspace first.');
  }
}

/** Tells the room of the workspace about a member. */
function announce(
  tx: OutboxTransaction,
  { caller, position: { rev, gen } }: Change,
  data: User & { readonly removedAt: string | null },
  at: Date,
): void {
  tx.enqueue(room.workspace(tx.workspaceId), gen, {
    seq: rev,
    type: 'member:updated',
    at: at.toISOString(),
    actor: caller.kind === 'user' ? UserId.parse(caller.userId) : null,
    data,
  });
}
