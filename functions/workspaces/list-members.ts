import * as z from 'zod';
import type { ListMembers, User } from '../../contract/workspace.ts';
import type { App } from '../platform/app.ts';
import type { ApiKeyCaller, UserCaller } from '../platform/authenticate.ts';
import { cutPage, readCursor } from '../platform/cursor.ts';
import { AppError } from '../platform/errors.ts';
import { listMembersAfter } from './member-store.ts';
import { findWorkspaceAndMember } from './store.ts';

const Cursor = z.strictObject({ name: z.string(), id: z.string() });

/** Returns a page of the members by name. A guest sees the members of their own streams. */
export async function listMembers(
  app: Pick<App, 'db'>,
  caller: UserCaller | ApiKeyCaller,
  input: ListMembers,
): Promise<{ items: User[]; nextCursor: string | null }> {
  const after = readCursor(Cursor, input.cursor);
  return app.db.transaction(caller, async (tx) => {
    const found = caller.kind === 'apiKey' ? undefined : await findWorkspaceAndMember(tx, caller.userId);
    if (caller.kind === 'user' && !found) throw new AppError('not_found');
    const seenBy = found?.me.role === 'guest' ? { seenBy: found.me.id } : {};
    const members = await listMembersAfter(tx, { ...input, ...seenBy, after, limit: input.limit + 1 });
    return cutPage(members, input.limit, ({ name, id }) => ({ name, id }));
  });
}
