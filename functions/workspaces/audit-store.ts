import type { AuditEntry } from '../../contract/audit.ts';
import type { Transaction } from '../platform/database.ts';

/** Audit entries before one, newest first; of one action, where it is given. */
export async function listAuditBefore(
  tx: Transaction,
  { before, action, limit }: { before: string | undefined; action: string | undefined; limit: number },
): Promise<AuditEntry[]> {
  const rows = await tx.query<Omit<AuditEntry, 'at' | 'subject'> & { at: Date; kind: AuditEntry['subject']['kind']; subject_id: string }>(
    `select id, at, action, actor, subject_kind as kind, subject_id, details from audit_log
     where workspace_id = $1 and ($2::text is null or id < $2) and ($3::text is null or action = $3) order by id desc limit $4`,
    [tx.workspaceId, before ?? null, action ?? null, limit],
  );
  return rows.map(({ at, kind, subject_id: id, ...row }) => ({ ...row, at: at.toISOString(), subject: { kind, id } }));
}
