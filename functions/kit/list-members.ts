import type { KitMembers, ListKitMembers } from '../../contract/kit.ts';
import type { App } from '../platform/app.ts';
import type { UserCaller } from '../platform/authenticate.ts';
import { cutPage, readCursor } from '../platform/cursor.ts';
import type { PresenceLeases } from '../realtime/presence/presence-store.ts';
import { MemberCursor, memberKey } from '../streams/members/list-members.ts';
import { countMembers, listMembersOf } from '../streams/members/member-store.ts';
import { accessRoom } from '../streams/access-room.ts';

/** Lists members of a room by name, with their presence. Throws `forbidden` for a room that the caller may not read. */
export async function listKitMembers(
  app: Pick<App, 'db'> & { readonly presence: PresenceLeases },
  caller: UserCaller,
  { cid, limit, offset = 0, cursor }: ListKitMembers & { cid: string },
): Promise<KitMembers> {
  const after = readCursor(MemberCursor, cursor);
  const { stream, members, total } = await app.db.transaction(caller, async (tx) => {
    const { stream } = await accessRoom(tx, caller, cid, 'read');
    const [found, counted] = await Promise.all([
      listMembersOf(tx, stream.id, { after, offset, limit: limit + 1 }),
      countMembers(tx, stream.id),
    ]);
    return { stream, members: found, total: counted };
  });
  const page = cutPage(members, limit, memberKey);
  const presence = await app.presence.find(
    caller.workspaceId,
    page.items.map(({ user }) => user.id),
  );
  const items = page.items.map(({ user, role }) => ({
    user,
    role,
    banned: false as const,
    muted: user.id === caller.userId ? stream.notifyLevel === 'none' : null,
    presence: presence.get(user.id)?.status ?? 'offline',
  }));
  return { items, total, nextCursor: page.nextCursor };
}
