import type { KitMessages, ListKitMessages } from '../../contract/kit.ts';
import type { App } from '../platform/app.ts';
import type { UserCaller } from '../platform/authenticate.ts';
import { readEventPage } from '../streams/events/list-events.ts';
import { accessRoom } from '../streams/access-room.ts';

/** Lists a page of the log of a room. Throws `forbidden` for a room that the caller may not read. */
export async function listKitMessages(
  app: Pick<App, 'db'>,
  caller: UserCaller,
  { cid, ...page }: ListKitMessages & { cid: string },
): Promise<KitMessages> {
  return app.db.transaction(caller, async (tx) => {
    const { stream } = await accessRoom(tx, caller, cid, 'read');
    const found = await readEventPage(tx, caller.userId, stream.id, page);
    return { ...found, head: stream.lastSeq };
  });
}
