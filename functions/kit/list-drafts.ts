import * as z from 'zod';
import { room } from '../../contract/frames.ts';
import { StreamId } from '../../contract/ids.ts';
import type { DraftSummary } from '../../contract/draft.ts';
import type { App } from '../platform/app.ts';
import type { UserCaller } from '../platform/authenticate.ts';
import { readCursor, writeCursor } from '../platform/cursor.ts';
import type { Drafts } from '../realtime/drafts/draft-store.ts';
import { accessMember } from '../streams/access.ts';
import { accessRooms } from '../streams/streams/room-heads.ts';

const Cursor = z.strictObject({ after: StreamId });

/** Lists the caller's drafts in the streams that they can read. A page may be shorter than its limit. */
export async function listDrafts(
  app: Pick<App, 'db'> & { readonly drafts: Drafts },
  caller: UserCaller,
  { limit, cursor }: { limit: number; cursor?: string },
): Promise<{ items: DraftSummary[]; nextCursor: string | null }> {
  const { workspaceId } = caller;
  const after = readCursor(Cursor, cursor)?.after;
  const { items, last } = await app.drafts.list(caller, { ...(after !== undefined && { after }), limit });
  const roomOf = ({ streamId }: DraftSummary): string => room.stream(workspaceId, streamId);
  const visible = await app.db.transaction(caller, async (tx) => {
    await accessMember(tx, caller);
    return accessRooms(tx, caller, items.map(roomOf));
  });
  return {
    items: items.filter((draft) => visible.has(roomOf(draft))),
    nextCursor: last === undefined ? null : writeCursor({ after: last }),
  };
}
