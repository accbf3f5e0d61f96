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
export function recordAudit(tx: Transaction, caller: UserCaller | ApiKeyCaller | 'system', change: AuditedChange): void {
  recordAudits(tx, caller, [change]);
}

/** Adds changes to the audit log in one statement, in the transaction of the changes. */
export function recordAudits(tx: Transaction, caller: UserCaller | ApiKeyCaller | 'system', changes: readonly AuditedChange[]): void {
  if (changes.length === 0) return;
  tx.defer(
    `insert into audit_log (id, workspace_id, at, action, actor, subject_kind, subject_id, details)
     select r.id, $1, r.at, r.action, $2, r.kind, r.subject, r.details::jsonb
     from unnest($3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::text[]) as r(id, at, action, kind, subject, details)`,
    [
      tx.workspaceId,
      actorOf(caller),
      changes.map(({ at }) => newId('audit', at.getTime())),
      changes.map(({ at }) => at),
      changes.map(({ action }) => action),
      changes.map(({ subject }) => subject.kind),
      changes.map(({ subject }) => subject.id),
      changes.map(({ details }) => JSON.stringify(details ?? {})),
    ],
  );
}

function actorOf(caller: UserCaller | ApiKeyCaller | 'system'): string {
  if (caller === 'system') return caller;
  return caller.kind === 'user' ? caller.userId : `key:${caller.keyId}`;
}
