import * as z from 'zod';
import type { AuditEntry, ListAudit } from '../../contract/audit.ts';
import type { App } from '../platform/app.ts';
import type { ApiKeyCaller, UserCaller } from '../platform/authenticate.ts';
import { cutPage, readCursor } from '../platform/cursor.ts';
import { AppError } from '../platform/errors.ts';
import { listAuditBefore } from './audit-store.ts';
import { findMembership } from './member-store.ts';

const Cursor = z.strictObject({ before: z.string().max(64) });

/** Returns a page of the audit log, newest first, for owners and API keys. */
export async function listAudit(
  app: Pick<App, 'db'>,
  caller: UserCaller | ApiKeyCaller,
  { action, limit, cursor }: ListAudit,
): Promise<{ items: AuditEntry[]; nextCursor: string | null }> {
  const before = readCursor(Cursor, cursor)?.before;
  return app.db.transaction(caller, async (tx) => {
    if (caller.kind === 'user') {
      const member = await findMembership(tx, caller.userId);
      if (member?.removedAt !== null) throw new AppError('not_found');
      if (member.user.role !== 'owner') throw new AppError('forbidden', 'Needs the role owner.');
    }
    const found = await listAuditBefore(tx, { before, action, limit: limit + 1 });
    return cutPage(found, limit, ({ id }) => ({ before: id }));
  });
}
