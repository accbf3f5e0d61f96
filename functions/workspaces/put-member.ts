import type { User, WorkspaceRole } from '../../contract/workspace.ts';
import { requireScope } from '../platform/authenticate.ts';
import type { ApiKeyCaller } from '../platform/authenticate.ts';
import { AppError } from '../platform/errors.ts';
import { withAccessChange, withOutbox } from '../platform/outbox.ts';
import type { AccessTransaction, OutboxTransaction } from '../platform/outbox.ts';
import { addMember, changeProfile, changeRole, restoreMember } from './member-changes.ts';
import type { MembersApp } from './member-changes.ts';
import { findMembership, lockMembership, setProfile, takeRevision } from './member-store.ts';
import type { Membership } from './member-store.ts';

/** A user as a product names them. Fields that are left out stay as they are. */
export interface MemberInput {
  readonly userId: string;
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  readonly role?: WorkspaceRole | undefined;
  /** Makes a removed user a member again. */
  readonly restore?: boolean | undefined;
}

/** Kind of change that a request makes. Only `role` and `restored` change what the member may see. */
type Kind = 'nothing' | 'new' | 'profile' | 'role' | 'restored';

/**
 * Adds the user to the workspace, or changes what the input names; returns the membership. A request without a change is one read. Throws
 * `member_removed` for a removed user unless told to restore them, `last_owner`, and `forbidden` for a key without the scope that it needs.
 */
export async function putMember(app: MembersApp, caller: ApiKeyCaller, input: MemberInput): Promise<Membership> {
  const found = await app.db.transaction(caller, (tx) => findMembership(tx, input.userId));
  const kind = kindOf(found, input);
  requireRights(caller, kind, found, input);
  if (found && kind === 'nothing') return found;
  const isAccessChange = kind === 'role' || kind === 'restored';
  const changed = isAccessChange
    ? withAccessChange(app, caller, (tx) => changeAccess(app, tx, caller, input, kind))
    : withOutbox(app, caller, (tx) => changeOther(app, tx, caller, input, kind));
  return changed.catch((error: unknown) => {
    if (error instanceof OtherChangeFirst) return putMember(app, caller, input);
    throw error;
  });
}

function kindOf(found: Membership | undefined, input: MemberInput): Kind {
  if (!found) return 'new';
  if (found.removedAt !== null) {
    if (input.restore) return 'restored';
    throw new AppError('member_removed', 'Send "restore": true to make them a member again: of no stream, with new tokens only.');
  }
  const { user } = found;
  const wanted = merge(user, input);
  if (wanted.role !== user.role) return 'role';
  return isSameProfile(wanted, user) ? 'nothing' : 'profile';
}

/**
 * Checks that the key may do more than add and name members and guests. A token of an owner or an admin manages members, so a key that asks
 * for one must be able to do that itself.
 */
function requireRights(caller: ApiKeyCaller, kind: Kind, found: Membership | undefined, input: MemberInput): void {
  const role = found && kind !== 'restored' ? merge(found.user, input).role : (input.role ?? 'member');
  if (kind === 'role' || kind === 'restored' || role === 'owner' || role === 'admin') requireScope(caller, 'members');
}

const isSameProfile = (a: User, b: User): boolean => a.name === b.name && a.email === b.email;
const merge = (user: User, { name = user.name, email = user.email ?? undefined, role = user.role }: MemberInput): User => ({
  ...user,
  name,
  email: email ?? null,
  role,
});

/** Rolls the transaction back: the member was changed between the first read and the lock. */
class OtherChangeFirst extends Error {}

/** Takes the room's next position and locks the member, who must still need the change. */
async function lockForChange(tx: OutboxTransaction, caller: ApiKeyCaller, input: MemberInput, kind: Kind) {
  const position = await takeRevision(tx);
  const found = await lockMembership(tx, input.userId);
  if (kindOf(found, input) !== kind) throw new OtherChangeFirst();
  requireRights(caller, kind, found, input);
  return { position, found };
}

async function changeOther(
  app: MembersApp,
  tx: OutboxTransaction,
  caller: ApiKeyCaller,
  input: MemberInput,
  kind: Kind,
): Promise<Membership> {
  const { position, found } = await lockForChange(tx, caller, input, kind);
  const change = { caller, position };
  if (!found) {
    const { userId: id, name = null, email = null, role = null } = input;
    return addMember(app, tx, change, { id, name, email, role });
  }
  const user = merge(found.user, input);
  await changeProfile(app, tx, change, user);
  return { ...found, user };
}

async function changeAccess(
  app: MembersApp,
  tx: AccessTransaction,
  caller: ApiKeyCaller,
  input: MemberInput,
  kind: Kind,
): Promise<Membership> {
  const { position, found } = await lockForChange(tx, caller, input, kind);
  if (!found) throw new OtherChangeFirst();
  const change = { caller, position };
  const restored = kind === 'restored';
  // A role of before comes back only when it is named.
  const user = merge(found.user, restored ? { ...input, role: input.role ?? 'member' } : input);
  if (!isSameProfile(user, found.user)) await setProfile(tx, user, app.clock.now());
  if (restored) return restoreMember(app, tx, change, user);
  await changeRole(app, tx, change, { user, from: found.user.role });
  return { ...found, user };
}
