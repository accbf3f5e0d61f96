import { setTimeout } from 'node:timers/promises';
import { byeCodes } from '../../contract/close-codes.ts';
import { metric } from '../../contract/names.ts';
import { parseRoom } from '../../contract/frames.ts';
import type { ServerFrame } from '../../contract/frames.ts';
import type { App } from '../platform/app.ts';
import { PartialFailure } from '../platform/queue-handler.ts';
import type { Connections, Progress } from './connections.ts';
import type { Subscriber } from './ended-accesses.ts';
import type { FanOutMessage, GreetMessage, ItemMessage, RevokeMessage, SignalMessage } from '../../contract/messages/fan-out.ts';
import { clearDrafts } from './drafts/clear-drafts.ts';
import type { Drafts } from './drafts/draft-store.ts';
import type { Nudges } from './nudges.ts';
import { packFrames } from './pack-frames.ts';
import { eachWithin, postConcurrency, deliverToRoom } from './room-delivery.ts';
import type { DeliveryCursor } from './room-delivery.ts';
import { frameOf } from './sockets.ts';
import type { Frame, PostOutcome, Sockets } from './sockets.ts';

export type FanOutApp = Pick<App, 'clock' | 'log' | 'metrics'> & {
  readonly connections: Connections;
  readonly sockets: Sockets;
  readonly nudges: Nudges;
  readonly drafts: Pick<Drafts, 'clear'>;
};

/**
 * Pushes the messages of one room, in order, to its subscribers. Follow-up work is requested afterwards, so no frame waits for it. Safe to
 * repeat: clients drop frames by position; pointers and revocations are idempotent. Waiting changes are packed into as few frames as
 * possible. Redelivered items (`isRedelivery`) resume behind the last connection known to have them.
 */
export async function fanOut(app: FanOutApp, messages: readonly FanOutMessage[], isRedelivery = false): Promise<void> {
  const failure = await pushAll(app, messages, isRedelivery);
  const pushed = messages.slice(0, failure?.index);
  // No other component records this follow-up work: if some of it fails, the whole batch is redelivered.
  await Promise.all([app.nudges.after(pushed), emptyDrafts(app, pushed)]);
  if (failure) throw failure;
}

/** Empties the drafts of what was posted, and tells the devices of their authors, who learn of a lost frame with their next socket. */
async function emptyDrafts(app: FanOutApp, pushed: readonly FanOutMessage[]): Promise<void> {
  const frames = await clearDrafts(app.drafts, pushed);
  await eachWithin(roomConcurrency, frames, (frame) => postNotice(app, frame.room, frame));
}

async function pushAll(app: FanOutApp, messages: readonly FanOutMessage[], isRedelivery: boolean): Promise<PartialFailure | undefined> {
  for (let index = 0; index < messages.length;) {
    const run = runOfItems(messages, index);
    const first = messages[index];
    try {
      if (run.length > 0) await pushToRoom(app, run, isRedelivery);
      else if (first) await pushOther(app, first);
    } catch (error) {
      return new PartialFailure(index, error);
    }
    index += Math.max(run.length, 1);
  }
  return undefined;
}

async function pushOther(app: FanOutApp, message: FanOutMessage): Promise<void> {
  switch (message.kind) {
    case 'item':
      return;
    case 'direct':
      return postAll(app, message.connectionId, (message.frames as ServerFrame[]).map(encode));
    case 'greet':
      return greet(app, message);
    case 'pointers':
      return eachWithin(roomConcurrency, message.rooms, ({ room, items }) => postToRoom(app, room, { op: 'ptr', room, items }));
    case 'derived':
      return postToRoom(app, message.room, message.frame);
    case 'notice':
      return postNotice(app, message.room, message.frame);
    case 'signal':
      return pushSignal(app, message);
    case 'revoke':
      return revoke(app, message);
    case 'close':
      // The answer to the client's frame takes another route and must arrive first.
      await setTimeout(answerMs);
      return sayGoodbye(app, message);
    case 'close-user': {
      for await (const connectionIds of app.connections.listOfUser(message)) {
        await eachWithin(postConcurrency, connectionIds, (connectionId) => sayGoodbye(app, { ...message, connectionId }));
      }
    }
  }
}

/**
 * Sends the first frame of a connection that was subscribed as it opened. A client that gets it has got, or will get, all that came after
 * its position: a connection that was dropped meanwhile is closed instead.
 */
async function greet(app: FanOutApp, { connectionId, room, frame }: GreetMessage): Promise<void> {
  const rooms = await app.connections.roomsOf(connectionId);
  if (rooms?.includes(room)) return postAll(app, connectionId, [encode(frame)], room);
  return sayGoodbye(app, { connectionId, code: byeCodes.insufficient_state, reason: 'insufficient_state' });
}

/** Time for an answer under way to arrive, in milliseconds. */
const answerMs = 150;

/** Rooms whose subscribers are read in parallel. */
const roomConcurrency = 8;

/** Delivers at most once: a signal that fails or waited too long never delays later messages. */
async function pushSignal(app: FanOutApp, { room, type, actor, ttl, data, at, from }: SignalMessage): Promise<void> {
  if (app.clock.now().getTime() > Date.parse(at) + ttl * 1000) return;
  const frame = { op: 'eph', room, type, actor, ttl, ...(data && { data }) } as ServerFrame;
  try {
    await postToRoom(app, room, frame, await senderOf(app, { room, actor, from }));
    app.metrics.count(metric.signalsSent);
  } catch (error) {
    app.log.warn('A signal was dropped', { room, type, error: error as Error });
  }
}

/** Posts a frame that may be lost: its failure never delays later messages. */
async function postNotice(app: FanOutApp, room: string, frame: ServerFrame): Promise<void> {
  await postToRoom(app, room, frame).catch((error: unknown) => {
    app.log.warn('A notice was dropped', { room, op: frame.op, error: error as Error });
  });
}

/** Finds the connections of the sender: the one that sent it, or all of a sender that has used none. */
async function senderOf(app: FanOutApp, { room, actor, from }: Pick<SignalMessage, 'room' | 'actor' | 'from'>): Promise<Set<string>> {
  if (from !== null) return new Set([from]);
  const own = new Set<string>();
  const workspaceId = parseRoom(room)?.workspaceId;
  if (workspaceId === undefined) return own;
  for await (const connectionIds of app.connections.listOfUser({ workspaceId, userId: actor })) for (const id of connectionIds) own.add(id);
  return own;
}

/** Posts one frame to every connection of a room, except some. */
async function postToRoom(app: FanOutApp, room: string, frame: ServerFrame, except: ReadonlySet<string> = new Set()): Promise<void> {
  const encoded = [encode(frame)];
  await deliverToRoom(
    app,
    room,
    async (connectionId) => {
      if (!except.has(connectionId)) await postAll(app, connectionId, encoded, room);
    },
    { endSubscription: ending(app, room) },
  );
}

/**
 * Removes subscriptions whose access has ended, and tells their clients. They get nothing since then, so this only keeps clients from
 * waiting in vain.
 */
async function revoke(app: FanOutApp, { rooms }: RevokeMessage): Promise<void> {
  await eachWithin(roomConcurrency, rooms, async (room) => {
    const ended: Subscriber[] = [];
    const pages = app.connections.listRoom(room, undefined, (subscriber) => ended.push(subscriber));
    while (!(await pages.next()).done);
    await eachWithin(postConcurrency, ended, ending(app, room));
  });
}

/**
 * Removes a subscription and sends `revoked`. Members who still have access subscribe again from their position. A socket whose token has
 * ended is closed: its client gets a new token and resumes.
 */
function ending(app: FanOutApp, room: string): (subscriber: Subscriber) => Promise<void> {
  const frame = [encode({ op: 'revoked', rooms: [room] })];
  return async (subscriber) => {
    if (subscriber.isExpired) {
      const { connectionId } = subscriber;
      await sayGoodbye(app, { connectionId, code: byeCodes.token_expired, reason: 'token_expired' });
      return;
    }
    app.metrics.count(metric.roomsRevoked, 1);
    await app.connections.end(room, subscriber, () => postAll(app, subscriber.connectionId, frame, room));
  };
}

/** Consecutive items from `start` on for the same room and generation. */
function runOfItems(messages: readonly FanOutMessage[], start: number): ItemMessage[] {
  const first = messages[start];
  const run: ItemMessage[] = [];
  for (const message of messages.slice(start)) {
    if (message.kind !== 'item' || first?.kind !== 'item' || message.room !== first.room || message.gen !== first.gen) break;
    run.push(message);
  }
  return run;
}

/** Interrupted items resume from the stored progress; later items start with the first connection. */
async function pushToRoom(app: FanOutApp, run: readonly ItemMessage[], isRedelivery: boolean): Promise<void> {
  const progress = isRedelivery && run[0] ? await findProgress(app, run[0].room) : undefined;
  const covered = progress ? countCovered(run, progress) : 0;
  await pushItems(app, run.slice(0, covered), progress);
  await pushItems(app, run.slice(covered));
}

/** Finds the stored progress. A failed read is not an error: without progress all frames are posted again, which is harmless. */
async function findProgress(app: FanOutApp, room: string): Promise<Progress | undefined> {
  try {
    return await app.connections.findProgress(room);
  } catch (error) {
    app.log.warn('The delivery progress could not be read', { room, error: error as Error });
    return undefined;
  }
}

/** Number of items at the start of a run that the progress covers. */
function countCovered(run: readonly ItemMessage[], { gen, seqs }: Progress): number {
  const other = run.findIndex((message) => message.gen !== gen || !seqs.includes(message.item.seq));
  return other === -1 ? run.length : other;
}

async function pushItems(app: FanOutApp, run: readonly ItemMessage[], resume?: DeliveryCursor): Promise<void> {
  const [first] = run;
  if (!first) return;
  const { room, gen } = first;
  const items = run.map(({ item }) => item);
  const frames = packFrames(room, gen, items).map(encode);
  const seqs = items.map(({ seq }) => seq);
  const readers = await deliverToRoom(app, room, (connectionId) => postAll(app, connectionId, frames, room), {
    resume,
    storeCursor: ({ after, missed }) => app.connections.storeProgress(room, { gen, seqs, after, missed }),
    endSubscription: ending(app, room),
  });
  const now = app.clock.now().getTime();
  for (const { committedAt } of run) app.metrics.milliseconds(metric.fanOutLatency, now - Date.parse(committedAt));
  app.metrics.count(metric.framesPosted, readers * frames.length);
  app.log.info('fan-out', {
    room,
    from: first.item.seq,
    items: run.length,
    frames: frames.length,
    readers,
    ...(resume && { resumed: true }),
    latency: now - Date.parse(first.committedAt),
  });
}

/** Waits between tries to post to a socket whose handshake goes on, in milliseconds. */
const openingWaitsMs = [25, 50, 100, 200, 400];

/** Posts a frame. The gateway answers that a socket is gone also while its handshake goes on: such a one is tried again. */
async function post(app: FanOutApp, connectionId: string, frame: Frame): Promise<PostOutcome> {
  let outcome = await app.sockets.post(connectionId, frame);
  for (const waitMs of openingWaitsMs) {
    if (outcome !== 'gone' || !(await app.connections.isOpening(connectionId))) return outcome;
    await setTimeout(waitMs);
    outcome = await app.sockets.post(connectionId, frame);
  }
  return outcome;
}

/** Posts the frames of one connection one after the other: parallel posts could overtake each other. */
async function postAll(app: FanOutApp, connectionId: string, frames: readonly Frame[], room?: string): Promise<void> {
  for (const frame of frames) {
    const outcome = await post(app, connectionId, frame);
    if (outcome === 'taken') continue;
    await dropConnection(app, connectionId, outcome, room);
    return;
  }
}

/**
 * Removes a connection whose socket is gone. A slow socket is closed as well: its client reconnects and gets what it missed. That is never
 * worse than a growing backlog of unread frames.
 */
async function dropConnection(app: FanOutApp, connectionId: string, outcome: 'gone' | 'slow', room?: string): Promise<void> {
  app.metrics.count(outcome === 'gone' ? metric.connectionsPruned : metric.slowConnections);
  if (outcome === 'slow') await app.sockets.close(connectionId);
  await app.connections.remove(connectionId, room);
}

async function sayGoodbye(
  app: FanOutApp,
  { connectionId, code, reason }: { connectionId: string; code: number; reason: string },
): Promise<void> {
  const bye: ServerFrame = { op: 'bye', code, reason, reconnect: code < 4400, afterMs: 0 };
  await app.sockets.post(connectionId, encode(bye));
  await app.sockets.close(connectionId);
  await app.connections.remove(connectionId);
}

const encoder = new TextEncoder();
const encode = (frame: ServerFrame): Frame => frameOf(encoder.encode(JSON.stringify(frame)));
