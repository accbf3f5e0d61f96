import { parseRoom, signalSeconds } from '../../contract/frames.ts';
import type { ServerFrame } from '../../contract/frames.ts';
import type { App } from '../platform/app.ts';
import { setBarrier } from '../epochs/cutting/set-barrier.ts';
import { AppError } from '../platform/errors.ts';
import { push } from '../platform/nudge.ts';
import type { FrameTable } from '../platform/ws-handler.ts';
import { postEvent } from '../streams/events/post-event.ts';
import { closeConnection } from './close-connection.ts';
import type { Connections } from './connections.ts';
import { ping } from './ping.ts';
import { present } from './presence/present.ts';
import type { PresenceLeases } from './presence/presence-store.ts';
import { subscribe } from './subscribe.ts';
import { welcome } from './welcome.ts';

type FramesApp = Pick<App, 'db' | 'queues' | 'fanOutQueueUrl' | 'epochsQueueUrl' | 'clock' | 'log' | 'metrics'> & {
  readonly connections: Connections;
  readonly presence: Pick<PresenceLeases, 'renew' | 'end'>;
};

/** Protocol version of this server. */
const protocolVersion = 1;

/** Creates the handlers of client frames. */
export function frameTable(app: FramesApp): FrameTable {
  return {
    async hello({ id, d }, caller) {
      if (d.v !== protocolVersion) {
        await closeConnection(app, caller.connectionId, 'version_unsupported');
        throw new AppError('version_unsupported', `Version ${protocolVersion} is spoken here.`);
      }
      const resumed = d.resume && d.resume.rooms.length > 0 ? await subscribe(app, caller, d.resume.rooms) : undefined;
      return welcome(app, caller, id, resumed);
    },

    async sub({ id, d }, caller) {
      const subscribed = await subscribe(app, caller, d.rooms);
      const [refused] = subscribed.refused ?? [];
      if (refused && subscribed.rooms.length === 0) return { op: 'err', id, d: refused.problem };
      return { op: 'ok', id, d: subscribed };
    },

    async unsub({ id, d }, caller) {
      await app.connections.unsubscribe(caller.connectionId, d.rooms);
      return { op: 'ok', id, d: {} };
    },

    async send({ id, d }, caller) {
      const { event } = await postEvent(app, caller, {
        streamId: d.stream,
        clientEventId: d.clientEventId,
        text: d.text,
        mentions: d.mentions,
      });
      return { op: 'ok', id, d: { event } };
    },

    /** Delivers a signal to current subscribers only. More than one a second of a type are acknowledged and dropped. */
    async signal({ id, d }, caller) {
      const verdict = parseRoom(d.room)?.kind === 'stream' ? await app.connections.maySignal(caller, d.room, d.type) : undefined;
      if (verdict === undefined || verdict === 'not subscribed')
        throw new AppError('not_found', 'Subscribe to the room of the stream first.');
      if (verdict === 'yes') {
        const { connectionId: from, userId: actor } = caller;
        const at = app.clock.now().toISOString();
        await push(app, [{ group: d.room, message: { kind: 'signal', ...d, actor, from, at, ttl: signalSeconds[d.type] } }]);
      }
      return { op: 'ok', id, d: {} };
    },

    async barrier({ id, d }, caller) {
      await setBarrier(app, caller, { streamId: d.stream, label: d.label });
      return { op: 'ok', id, d: {} };
    },

    async present({ id, d }, caller) {
      await present(app, caller, d);
      return { op: 'ok', id, d: {} };
    },

    async ping({ id, d }, caller): Promise<ServerFrame> {
      const rooms = d.pos.map(({ room }) => room);
      return { op: 'pong', id, d: await ping(app, caller, rooms) };
    },
  };
}
