import * as z from 'zod';
import type { ListStreams, Stream } from '../../../contract/stream.ts';
import type { App } from '../../platform/app.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { cutPage, readCursor } from '../../platform/cursor.ts';
import { accessMember } from '../access.ts';
import { listVisibleStreams } from './stream-store.ts';

const Cursor = z.strictObject({ key: z.string(), id: z.string() });

/** Lists a page of the streams that the caller may see, by name or by activity. */
export async function listStreams(
  app: Pick<App, 'db'>,
  caller: UserCaller,
  input: ListStreams,
): Promise<{ items: Stream[]; nextCursor: string | null }> {
  const after = readCursor(input.sort === 'name' ? Cursor : ActivityCursor, input.cursor);
  return app.db.transaction(caller, async (tx) => {
    const workspaceRole = await accessMember(tx, caller);
    const found = await listVisibleStreams(tx, caller.userId, { ...input, workspaceRole, after, limit: input.limit + 1 });
    return pageOfStreams(found, input);
  });
}

const ActivityCursor = z.strictObject({ key: z.string().regex(/^\d{1,17}$/), id: z.string() });

/** Cuts the extra row that shows if more streams exist, and makes the cursor. */
export function pageOfStreams(
  found: readonly Stream[],
  { sort, limit }: Pick<ListStreams, 'sort' | 'limit'>,
): { items: Stream[]; nextCursor: string | null } {
  const keyOf = ({ name, lastEventAt, createdAt }: Stream) =>
    sort === 'name' ? (name ?? '') : String(Date.parse(lastEventAt ?? createdAt));
  return cutPage(found, limit, (last) => ({ key: keyOf(last), id: last.id }));
}
