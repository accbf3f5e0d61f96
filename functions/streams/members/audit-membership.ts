import type { App } from '../../platform/app.ts';
import { recordAudit } from '../../platform/audit.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import type { Transaction } from '../../platform/database.ts';

type MembershipAction = 'stream.member_added' | 'stream.member_role_changed' | 'stream.member_removed';

/** Adds a change of a stream's members to the audit log. Following a thread gives no access, and is not written. */
export function auditMembership(
  app: Pick<App, 'clock'>,
  tx: Transaction,
  caller: UserCaller,
  action: MembershipAction,
  { streamId, ...details }: { streamId: string; userIds: readonly string[]; role?: string; from?: string },
): void {
  recordAudit(tx, caller, { action, subject: { kind: 'stream', id: streamId }, details, at: app.clock.now() });
}
