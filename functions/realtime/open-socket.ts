import { room as roomName } from '../../contract/frames.ts';
import type { App } from '../platform/app.ts';
import type { Transaction } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import { push } from '../platform/nudge.ts';
import type { Handshake, SocketCaller } from '../platform/ws-handler.ts';
import { accessRoom } from '../streams/access-room.ts';
import { accessWorkspace } from './access-workspace.ts';
import type { Connections } from './connections.ts';
import { subscribeVisible } from './subscribe.ts';
import { welcome } from './welcome.ts';

type OpenApp = Pick<App, 'db' | 'clock' | 'queues' | 'fanOutQueueUrl'> & { readonly connections: Connections };
type Greeting = { readonly room: string; readonly gen: string; readonly from: number; readonly head: number };

/**
 * Registers a new connection and negotiates the subprotocol; refuses a client that offers none of ours, and users who are members no more.
 * The access lock is held until the connection is registered, so whoever removes the member finds and closes it. A handshake that names a
 * room of the kit (`cid`) subscribes to it as well, and need not offer a subprotocol. Throws `forbidden` for a room that the caller may not
 * read.
 */
export async function openSocket(
  app: OpenApp,
  caller: SocketCaller,
  { headers, query }: Handshake,
  spoken: string,
): Promise<Record<string, string>> {
  const offered = headers['sec-websocket-protocol'];
  const cid = query['cid'];
  const isSpoken = offered?.split(',').some((protocol) => protocol.trim() === spoken) ?? false;
  if (!isSpoken && (cid === undefined || offered !== undefined)) throw new AppError('bad_frame', `Offer the subprotocol ${spoken}.`);
  if (cid === undefined) await app.db.transaction(caller, (tx) => register(app, tx, caller), 'shared');
  else await openInRoom(app, caller, cid);
  return isSpoken ? { 'Sec-WebSocket-Protocol': spoken } : {};
}

async function register(app: OpenApp, tx: Transaction, caller: SocketCaller): Promise<void> {
  await accessWorkspace(tx, caller);
  await app.connections.add(caller);
}

/** Opens a connection that hears a room from the start, and has it greeted in the room's order. */
async function openInRoom(app: OpenApp, caller: SocketCaller, cid: string): Promise<void> {
  const { connectionId } = caller;
  try {
    const state = await app.db.transaction(caller, (tx) => registerInRoom(app, tx, caller, cid), 'shared');
    const frame = welcome(app, caller, 0, { rooms: [state] });
    await push(app, [{ group: state.room, message: { kind: 'greet', connectionId, room: state.room, frame } }]);
  } catch (error) {
    await app.connections.remove(connectionId);
    throw error;
  }
}

async function registerInRoom(app: OpenApp, tx: Transaction, caller: SocketCaller, cid: string): Promise<Greeting> {
  await accessWorkspace(tx, caller);
  const { stream } = await accessRoom(tx, caller, cid, 'read');
  await app.connections.add(caller, { isOpening: true });
  const { plans } = await subscribeVisible(app, tx, caller, [{ room: roomName.stream(caller.workspaceId, stream.id) }]);
  const [state] = plans;
  if (!state) throw new AppError('forbidden');
  return { room: state.room, gen: state.gen, from: state.from, head: state.head };
}
