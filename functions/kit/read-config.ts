import type { KitConfig } from '../../contract/kit.ts';
import { actions, verdictOn } from '../../contract/policy.ts';
import type { App } from '../platform/app.ts';
import type { UserCaller } from '../platform/authenticate.ts';
import { accessRoom } from '../streams/access-room.ts';

/** Reads what a view of a room is configured by. Throws `forbidden` for a room that the caller may not read. */
export async function readKitConfig(app: Pick<App, 'db'>, caller: UserCaller, { cid }: { cid: string }): Promise<KitConfig> {
  const { stream, isParentArchived } = await app.db.transaction(caller, (tx) => accessRoom(tx, caller, cid, 'read'));
  const { id, name, streamType: type, notifyLevel } = stream;
  const permissions = actions.filter((action) => verdictOn(stream, action, isParentArchived) === 'yes');
  return { cid, id, name, type, muted: notifyLevel === 'none', notifyLevel, permissions };
}
