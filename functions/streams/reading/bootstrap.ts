import type { Bootstrap } from '../../../contract/bootstrap.ts';
import { room } from '../../../contract/frames.ts';
import type { App } from '../../platform/app.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { AppError } from '../../platform/errors.ts';
import { findBootstrapHead, listPeople, listSidebar } from './bootstrap-store.ts';
import { pageOfStreams } from '../streams/list-streams.ts';

/** Streams of the first page; the client lists more by activity. */
const limit = 100;

/**
 * Reads everything a client needs at start, from one snapshot. Room positions come first, so only later frames are missing. Four statements
 * for any size of workspace.
 */
export async function bootstrap(app: Pick<App, 'db'>, caller: UserCaller): Promise<Bootstrap> {
  const { people, ...known } = await app.db.snapshot(caller, async (tx) => {
    // Sent together: neither waits for the other.
    const [head, sidebar] = await Promise.all([findBootstrapHead(tx, caller.userId), listSidebar(tx, caller.userId, limit + 1)]);
    if (!head) throw new AppError('not_found');
    const { workspace, me, workspaceRoom, memberRoom, unreadNotifications } = head;
    const guest = me.role === 'guest';
    const streams = pageOfStreams(
      sidebar.map(({ stream }) => stream),
      { sort: 'activity', limit },
    );
    const shown = sidebar
      .slice(0, limit)
      .flatMap(({ stream, actorIds }) => [...actorIds, ...(stream.participants ?? []).map(({ id }) => id)]);
    const rooms = [
      ...(guest ? [] : [{ room: room.workspace(caller.workspaceId), ...workspaceRoom }]),
      { room: room.user(caller.workspaceId, caller.userId), ...memberRoom },
    ];
    const people = listPeople(tx, [...new Set([caller.userId, ...shown])]);
    return { rooms, workspace, me, streams, people, unreadNotifications };
  });
  return { ...known, people: (await people) as Bootstrap['people'] };
}
