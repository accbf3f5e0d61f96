import * as z from 'zod';
import type { StreamMember } from '../../../contract/stream.ts';
import type { App } from '../../platform/app.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { readCursor, writeCursor } from '../../platform/cursor.ts';
import { accessStream } from '../access.ts';
import { listMembersOf } from './member-store.ts';

const Cursor = z.strictObject({ name: z.string(), id: z.string() });

/** Lists a page of the members of a stream, by name. */
export async function listStreamMembers(
  app: Pick<App, 'db'>,
  caller: UserCaller,
  input: { streamId: string; q?: string; limit: number; cursor?: string },
): Promise<{ items: StreamMember[]; nextCursor: string | null }> {
  const after = readCursor(Cursor, input.cursor);
  return app.db.transaction(caller, async (tx) => {
    const { stream } = await accessStream(tx, caller, input.streamId, 'read');
    const found = await listMembersOf(tx, stream.id, { ...input, after, limit: input.limit + 1 });
    const items = found.slice(0, input.limit);
    const last = items.at(-1);
    const more = found.length > input.limit && last;
    return { items, nextCursor: more ? writeCursor({ name: last.user.name, id: last.user.id }) : null };
  });
}
