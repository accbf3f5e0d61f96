import { maxCounted, maxTold } from '../../contract/presence.ts';
import type { ListPresence, PresenceList } from '../../contract/presence.ts';
import type { App } from '../platform/app.ts';
import type { UserCaller } from '../platform/authenticate.ts';
import type { PresenceLeases } from '../realtime/presence/presence-store.ts';
import { accessMember, accessPlainStream } from '../streams/access.ts';
import { countMembers, findPeople, listMembersOf } from '../streams/members/member-store.ts';

/**
 * Reads the presence of members that the caller knows; a guest knows those of shared streams. Of a large stream it counts. Throws `not_found`
 * for a stream that the caller may not read.
 */
export async function listPresence(
  app: Pick<App, 'db'> & { readonly presence: PresenceLeases },
  caller: UserCaller,
  { userIds, streamId }: ListPresence,
): Promise<PresenceList> {
  if (streamId !== undefined) return presenceIn(app, caller, streamId);
  const known = await app.db.transaction(caller, async (tx) => {
    const role = await accessMember(tx, caller);
    return findPeople(tx, [...new Set(userIds)], role === 'guest' ? caller.userId : undefined);
  });
  const found = await app.presence.find(
    caller.workspaceId,
    known.map(({ id }) => id),
  );
  return { items: [...found.values()], counts: null };
}

async function presenceIn(
  app: Pick<App, 'db'> & { readonly presence: PresenceLeases },
  caller: UserCaller,
  streamId: string,
): Promise<PresenceList> {
  const { members, total } = await app.db.transaction(caller, async (tx) => {
    await accessPlainStream(tx, caller, streamId, 'read');
    const [listed, counted] = await Promise.all([listMembersOf(tx, streamId, { limit: maxCounted }), countMembers(tx, streamId)]);
    return { members: listed, total: counted };
  });
  const found = await app.presence.find(
    caller.workspaceId,
    members.map(({ user }) => user.id),
  );
  const items = [...found.values()];
  const count = (wanted: string): number => items.filter(({ status }) => status === wanted).length;
  return { items: total > maxTold ? [] : items, counts: { online: count('online'), away: count('away'), total } };
}
