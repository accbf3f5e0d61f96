import { maxReplay, maxReplayedBytes, maxReplayedChanges, maxRooms } from '../../contract/frames.ts';
import type { RoomItem, RoomState, ServerFrame } from '../../contract/frames.ts';
import { newId } from '../../contract/ids.ts';
import type { Problem } from '../../contract/errors.ts';
import type { App } from '../platform/app.ts';
import { takeAccessEpoch } from '../platform/database.ts';
import type { Transaction } from '../platform/database.ts';
import { AppError, toProblem } from '../platform/errors.ts';
import { QueueRejection, push } from '../platform/nudge.ts';
import type { Push } from '../platform/nudge.ts';
import type { SocketCaller } from '../platform/ws-handler.ts';
import { accessRooms, readChanges } from '../streams/streams/room-heads.ts';
import type { RoomHead } from '../streams/streams/room-heads.ts';
import type { Connections } from './connections.ts';
import { behind, packFrames } from './pack-frames.ts';

export type SubscribeApp = Pick<App, 'db' | 'queues' | 'fanOutQueueUrl'> & { readonly connections: Connections };

/** A room to subscribe to, and the caller's position in it. */
export interface RoomRequest {
  readonly room: string;
  readonly gen?: string;
  readonly seq?: number;
}
export interface SubscribeResult {
  rooms: RoomState[];
  refused?: { room: string; problem: Problem }[];
}

/**
 * Subscribes a connection to rooms without gaps: checks access, writes the subscription, then reads the heads. Later commits find the
 * subscription; earlier changes are replayed, or the caller gets `resync` or `behind`. The access lock is held from the check to the heads:
 * an access that ends later does so with a later epoch than the subscription's, and the fan-out worker passes it over.
 */
export async function subscribe(app: SubscribeApp, caller: SocketCaller, wanted: readonly RoomRequest[]): Promise<SubscribeResult> {
  const { plans, changes } = await app.db.transaction(caller, (tx) => subscribeVisible(app, tx, caller, wanted), 'shared');
  await pushReplays(app, caller, plans, changes);
  return answer(
    wanted,
    plans.map(({ room, gen, from, head }) => ({ room, gen, from, head })),
  );
}

/**
 * Does it within the transaction of the access check, which holds the access lock. Returns what is to be replayed with the rooms. Throws
 * `too_many_rooms`, and `insufficient_state` for an unknown connection.
 */
export async function subscribeVisible(
  app: Pick<SubscribeApp, 'connections'>,
  tx: Transaction,
  caller: SocketCaller,
  wanted: readonly RoomRequest[],
): Promise<{ plans: Plan[]; changes: Map<string, RoomItem[]> }> {
  const [visible, epoch] = await Promise.all([accessRooms(tx, caller, [...new Set(wanted.map(({ room }) => room))]), takeAccessEpoch(tx)]);
  const rooms = [...visible.keys()];
  if (rooms.length === 0) return { plans: [], changes: new Map() };
  const outcome = await app.connections.subscribe(caller, rooms, maxRooms, epoch);
  if (outcome === 'too many') throw new AppError('too_many_rooms', `A connection may hear at most ${maxRooms} rooms; unsub some first.`);
  if (outcome === 'not connected') throw new AppError('insufficient_state', 'Open another connection.');
  const heads = await accessRooms(tx, caller, rooms);
  const plans = wanted.flatMap((want) => plan(want, heads.get(want.room)));
  const replays = plans.flatMap((p) => (p.kind === 'replay' ? [{ streamId: p.streamId, position: p.from, head: p.head }] : []));
  return { plans, changes: await readChanges(tx, replays, budget) };
}

const budget = { perStream: maxReplay, changes: maxReplayedChanges, bytes: maxReplayedBytes };

/** Action of a subscription besides going live: none, replay or resync. */
type Plan = RoomState &
  ({ kind: 'live' } | { kind: 'replay'; streamId: string } | { kind: 'resync'; reason: 'unknown_gen' | 'position_ahead' | 'behind' });

function plan(want: RoomRequest, head: RoomHead | undefined): Plan[] {
  if (!head) return [];
  const state = { room: head.room, gen: head.gen, from: head.head, head: head.head };
  if (want.gen !== undefined && want.gen !== head.gen) return [{ ...state, kind: 'resync', reason: 'unknown_gen' }];
  if (want.seq === undefined || want.seq === head.head) return [{ ...state, kind: 'live' }];
  if (want.seq > head.head) return [{ ...state, kind: 'resync', reason: 'position_ahead' }];
  if (head.streamId === undefined) return [{ ...state, kind: 'resync', reason: 'behind' }];
  return [{ ...state, kind: 'replay', from: want.seq, streamId: head.streamId }];
}

/** Sends the frames of each plan through the queue of its room, in order with the room's other messages. */
async function pushReplays(
  app: SubscribeApp,
  caller: SocketCaller,
  plans: readonly Plan[],
  changes: ReadonlyMap<string, RoomItem[]>,
): Promise<void> {
  const { connectionId } = caller;
  const replays = plans.flatMap((p) =>
    framesOf(p, changes).map((frames): Push => ({ group: p.room, message: { kind: 'direct', connectionId, frames } })),
  );
  await push(app, replays).catch((error: unknown) => {
    if (!(error instanceof QueueRejection)) throw error;
    // Without its replay the `ok` would promise too much: the client must subscribe again.
    throw new AppError('unavailable', 'The replay could not be sent; subscribe again.', { retryAfterSeconds: 1 });
  });
}

function framesOf(p: Plan, changes: ReadonlyMap<string, RoomItem[]>): ServerFrame[][] {
  const { room, gen, from, head } = p;
  if (p.kind === 'live') return [];
  if (p.kind === 'resync') return [[{ op: 'resync', rooms: [{ room, reason: p.reason, gen, head }] }]];
  const items = changes.get(p.streamId);
  if (!items) return [[behind(room, from, head)]];
  return chunk(packFrames(room, gen, items, { from, upTo: head }), 8);
}

/** Splits into chunks. Eight frames fill at most a quarter of a queue message. */
function chunk<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}

function answer(wanted: readonly RoomRequest[], rooms: RoomState[]): SubscribeResult {
  const got = new Set(rooms.map(({ room }) => room));
  const refused = wanted.filter(({ room }) => !got.has(room)).map(({ room }) => ({ room, problem: notFound(room) }));
  return { rooms, ...(refused.length > 0 && { refused }) };
}

function notFound(room: string): Problem {
  return toProblem(new AppError('not_found', `There is no room ${room} that you may hear.`), newId('request'));
}
