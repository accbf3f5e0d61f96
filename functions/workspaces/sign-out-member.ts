import { byeCodes } from '../../contract/close-codes.ts';
import { recordAudit } from '../platform/audit.ts';
import { withAccessChange } from '../platform/outbox.ts';
import type { Manager, MembersApp } from './member-changes.ts';
import { raiseTokenVersion } from './member-store.ts';
import { accessManaged } from './update-member.ts';

/**
 * Ends all tokens of a member and closes their connections. Requests with a token of before get 401; what the member may see stays as it is.
 */
export async function signOutMember(app: MembersApp, caller: Manager, input: { userId: string }): Promise<void> {
  await withAccessChange(app, caller, async (tx) => {
    const member = await accessManaged(tx, caller, { userId: input.userId });
    await raiseTokenVersion(tx, member.id);
    tx.closeConnections(member.id, byeCodes.revoked, 'signed_out');
    recordAudit(tx, caller, { action: 'member.signed_out', subject: { kind: 'member', id: member.id }, at: app.clock.now() });
  });
}
