import { maxTold } from '../../../contract/presence.ts';
import type { DeviceState, Presence } from '../../../contract/presence.ts';
import { parseRoom, room as roomName } from '../../../contract/frames.ts';
import type { App } from '../../platform/app.ts';
import type { Transaction } from '../../platform/database.ts';
import { push } from '../../platform/nudge.ts';
import type { SocketCaller } from '../../platform/ws-handler.ts';
import type { Connections } from '../connections.ts';
import type { PresenceLeases } from './presence-store.ts';

type PresentApp = Pick<App, 'db' | 'queues' | 'fanOutQueueUrl' | 'log'> & {
  readonly connections: Pick<Connections, 'roomsOf'>;
  readonly presence: Pick<PresenceLeases, 'renew' | 'end'>;
};

/** Keeps a device of the caller present, or ends it. A changed status is told to others; a frame may be lost, and a read makes up for it. */
export async function present(
  app: PresentApp,
  caller: SocketCaller,
  { device, state }: { readonly device: string; readonly state: DeviceState },
): Promise<void> {
  const { workspaceId, userId } = caller;
  const own = { workspaceId, userId, deviceId: device };
  const { before, now } = state === 'gone' ? await app.presence.end(own) : await app.presence.renew(own, state);
  if (before === now.status) return;
  await tell(app, caller, now).catch((error: unknown) => app.log.warn('A presence was not told', { error: error as Error }));
}

async function tell(app: PresentApp, caller: SocketCaller, item: Presence): Promise<void> {
  const { workspaceId } = caller;
  const heard = (await app.connections.roomsOf(caller.connectionId)) ?? [];
  const streamIds = heard.flatMap((name) => {
    const parsed = parseRoom(name);
    return parsed?.kind === 'stream' ? [parsed.streamId] : [];
  });
  const rooms = await app.db.transaction({ workspaceId }, (tx) => smallRooms(tx, streamIds));
  await push(
    app,
    rooms.map((room) => ({ group: room, message: { kind: 'notice', room, frame: { op: 'presence', room, item } } })),
  );
}

/** Finds the rooms that are told: the workspace's if it is small, or those of the streams that are. One statement. */
async function smallRooms(tx: Transaction, streamIds: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ stream_id: string | null }>(
    `select null as stream_id where (select count(*) from (
       select from workspace_members where workspace_id = $1 and removed_at is null limit $3 + 1) x) <= $3
     union all
     select s.id from streams s where s.workspace_id = $1 and s.id = any($2) and (select count(*) from (
       select from stream_members m where m.stream_id = s.id and m.left_at is null limit $3 + 1) x) <= $3`,
    [tx.workspaceId, streamIds, maxTold],
  );
  if (rows.some(({ stream_id }) => stream_id === null)) return [roomName.workspace(tx.workspaceId)];
  return rows.map(({ stream_id }) => roomName.stream(tx.workspaceId, stream_id ?? ''));
}
