import type { App } from '../platform/app.ts';
import { AppError } from '../platform/errors.ts';
import type { SocketCaller } from '../platform/ws-handler.ts';
import { accessRooms } from '../streams/streams/room-heads.ts';
import type { Connections } from './connections.ts';

/** Heads of the rooms, and the rooms whose subscription the registry has lost, so that their frames do not reach the connection. */
export interface Pong {
  heads: { room: string; gen: string; head: number }[];
  unsubscribed?: string[];
}

/**
 * Answers a ping. Without rooms it reads nothing and only keeps the socket open. With rooms it repairs losses a client cannot detect: the
 * last frames of a quiet room, and subscriptions lost by the registry. At most two statements and one DynamoDB request. Throws
 * `insufficient_state` for an unknown connection.
 */
export async function ping(
  app: Pick<App, 'db'> & { readonly connections: Connections },
  caller: SocketCaller,
  rooms: readonly string[],
): Promise<Pong> {
  if (rooms.length === 0) return { heads: [] };
  const [places, subscribed] = await Promise.all([
    app.db.transaction(caller, (tx) => accessRooms(tx, caller, rooms)),
    app.connections.roomsOf(caller.connectionId),
  ]);
  if (subscribed === undefined) throw new AppError('insufficient_state', 'Open another connection.');
  const heads = [...places.values()].map(({ room, gen, head }) => ({ room, gen, head }));
  const unsubscribed = [...places.keys()].filter((room) => !subscribed.includes(room));
  return { heads, ...(unsubscribed.length > 0 && { unsubscribed }) };
}
