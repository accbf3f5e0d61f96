import * as z from 'zod';
import type { Stream } from '../../contract/stream.ts';
import type { App } from '../platform/app.ts';
import type { UserCaller } from '../platform/authenticate.ts';
import { readCursor, writeCursor } from '../platform/cursor.ts';
import { accessMember } from './access.ts';
import { listVisibleStreams } from './store.ts';

const Cursor = z.strictObject({ name: z.string(), id: z.string() });

/** A page of the streams that the caller may see, by name. */
export async function listStreams(
  app: Pick<App, 'db'>,
  caller: UserCaller,
  input: { type?: string; q?: string; limit: number; cursor?: string },
): Promise<{ items: Stream[]; nextCursor: string | null }> {
  const after = readCursor(Cursor, input.cursor);
  return app.db.transaction(caller.workspaceId, async (tx) => {
    const role = await accessMember(tx, caller);
    const found = await listVisibleStreams(tx, caller.userId, { ...input, guest: role === 'guest', after, limit: input.limit + 1 });
    const items = found.slice(0, input.limit);
    const last = items.at(-1);
    return {
      items,
      nextCursor: found.length > input.limit && last ? writeCursor({ name: (last.name ?? '').toLowerCase(), id: last.id }) : null,
    };
  });
}
