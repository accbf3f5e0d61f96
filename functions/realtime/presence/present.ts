import type { DeviceState, Presence } from '../../../contract/presence.ts';
import { parseRoom } from '../../../contract/frames.ts';
import type { App } from '../../platform/app.ts';
import { push } from '../../platform/nudge.ts';
import type { SocketCaller } from '../../platform/ws-handler.ts';
import type { Connections } from '../connections.ts';
import { listSmallRooms } from './audience-store.ts';
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
  const rooms = await app.db.transaction({ workspaceId }, (tx) => listSmallRooms(tx, streamIds));
  await push(
    app,
    rooms.map((room) => ({ group: room, message: { kind: 'notice', room, frame: { op: 'presence', room, item } } })),
  );
}
