import type { AuditAction, AuditSubject } from '../../contract/audit.ts';
import { newId } from '../../contract/ids.ts';
import type { ApiKeyCaller, UserCaller } from './authenticate.ts';
import type { Transaction } from './database.ts';

/** A change for the audit log. `details` holds ids, roles and settings from before and after, never text that people wrote. */
export interface AuditedChange {
  readonly action: AuditAction;
  readonly subject: { readonly kind: AuditSubject; readonly id: string };
  readonly details?: Readonly<Record<string, unknown>>;
  readonly at: Date;
}

/** Adds a change to the audit log, in the transaction of the change. */
export function recordAudit(
  tx: Transaction,
  caller: UserCaller | ApiKeyCaller | 'system',
  { action, subject, details, at }: AuditedChange,
): void {
  tx.defer(
    `insert into audit_log (id, workspace_id, at, action, actor, subject_kind, subject_id, details) values ($2, $1, $3, $4, $5, $6, $7, $8)`,
    [tx.workspaceId, newId('audit', at.getTime()), at, action, actorOf(caller), subject.kind, subject.id, JSON.stringify(details ?? {})],
  );
}

function actorOf(caller: UserCaller | ApiKeyCaller | 'system'): string {
  if (caller === 'system') return caller;
  return caller.kind === 'user' ? caller.userId : `key:${caller.keyId}`;
}
