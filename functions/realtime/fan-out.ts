import { setTimeout } from 'node:timers/promises';
import { metric } from '../../contract/names.ts';
import type { ServerFrame } from '../../contract/frames.ts';
import type { App } from '../platform/app.ts';
import { PartialFailure } from '../platform/queue-handler.ts';
import type { Connections, Progress } from './connections.ts';
import type { FanOutMessage, ItemMessage, RevokeMessage, SignalMessage } from '../../contract/messages/fan-out.ts';
import type { Nudges } from './nudges.ts';
import { packFrames } from './pack-frames.ts';
import { eachWithin, postConcurrency, tellRoom } from './tell-room.ts';
import type { Reached } from './tell-room.ts';
import { frameOf } from './sockets.ts';
import type { Frame, Sockets } from './sockets.ts';

export type FanOutApp = Pick<App, 'clock' | 'log' | 'metrics'> & {
  readonly connections: Connections;
  readonly sockets: Sockets;
  readonly nudges: Nudges;
};

/**
 * Pushes the messages of one room, in order, to whoever hears it; what follows from them is asked for only then, so that no frame waits
 * for it. Safe to repeat: a frame that comes twice is dropped by its position, pointers and revocations say the same twice.
 * Changes that wait together travel together, packed into as few frames as hold them. Items that come again (`isRedelivery`) go on behind the
 * last connection that is known to have them.
 */
export async function fanOut(app: FanOutApp, messages: readonly FanOutMessage[], isRedelivery = false): Promise<void> {
  const stopped = await pushAll(app, messages, isRedelivery);
  // Nobody else remembers what is to be looked after: should it not be noted, all of it comes again.
  await app.nudges.after(messages.slice(0, stopped?.index));
  if (stopped) throw stopped;
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
    case 'pointers':
      return eachWithin(roomConcurrency, message.rooms, ({ room, items }) => postToRoom(app, room, { op: 'ptr', room, items }));
    case 'derived':
      return postToRoom(app, message.room, message.frame);
    case 'signal':
      return pushSignal(app, message);
    case 'revoke':
      return revoke(app, message);
    case 'close':
      // The answer to the frame that led here takes another way, and is to arrive first.
      await setTimeout(answerMs);
      return sayGoodbye(app, message);
    case 'close-user': {
      for await (const connectionIds of app.connections.listOfUser(message)) {
        await eachWithin(postConcurrency, connectionIds, (connectionId) => sayGoodbye(app, { ...message, connectionId }));
      }
    }
  }
}

/** How long an answer that is on its way has to arrive. */
const answerMs = 150;

/** Rooms whose listeners are looked up at once. */
const roomConcurrency = 8;

/** At most once: one that cannot be posted, or that waited too long, holds up nothing that is behind it. */
async function pushSignal(app: FanOutApp, { room, type, actor, ttl, data, at, from }: SignalMessage): Promise<void> {
  if (app.clock.now().getTime() > Date.parse(at) + ttl * 1000) return;
  const frame = { op: 'eph', room, type, actor, ttl, ...(data && { data }) } as ServerFrame;
  try {
    await postToRoom(app, room, frame, from);
    app.metrics.count(metric.signalsSent);
  } catch (error) {
    app.log.warn('A signal was dropped', { room, type, error: error as Error });
  }
}

/** One frame for everyone in a room, but for one connection. */
async function postToRoom(app: FanOutApp, room: string, frame: ServerFrame, except?: string): Promise<void> {
  const encoded = [encode(frame)];
  await tellRoom(app, room, async (connectionId) => {
    if (connectionId !== except) await postAll(app, connectionId, encoded, room);
  });
}

/** Ends subscriptions and says so: who still may hear the room subscribes again from where they are. */
async function revoke(app: FanOutApp, { room, userIds }: RevokeMessage): Promise<void> {
  const frame = [encode({ op: 'revoked', rooms: [room] })];
  for await (const subscribers of app.connections.listSubscribers(room)) {
    const ended = subscribers.filter(({ userId }) => userIds === null || userIds.includes(userId));
    app.metrics.count(metric.roomsRevoked, ended.length);
    await eachWithin(postConcurrency, ended, (subscriber) =>
      app.connections.end(room, subscriber, () => postAll(app, subscriber.connectionId, frame, room)),
    );
  }
}

/** The items from `start` on that go to the same room of the same generation, without a break. */
function runOfItems(messages: readonly FanOutMessage[], start: number): ItemMessage[] {
  const first = messages[start];
  const run: ItemMessage[] = [];
  for (const message of messages.slice(start)) {
    if (message.kind !== 'item' || first?.kind !== 'item' || message.room !== first.room || message.gen !== first.gen) break;
    run.push(message);
  }
  return run;
}

/** Items that were cut short go on where they were; those behind them begin with the first connection. */
async function pushToRoom(app: FanOutApp, run: readonly ItemMessage[], isRedelivery: boolean): Promise<void> {
  const progress = isRedelivery && run[0] ? await findProgress(app, run[0].room) : undefined;
  const begun = progress ? countBegun(run, progress) : 0;
  await pushItems(app, run.slice(0, begun), progress);
  await pushItems(app, run.slice(begun));
}

/** Without it everything is posted again, which is no loss: so a failure is none. */
async function findProgress(app: FanOutApp, room: string): Promise<Progress | undefined> {
  try {
    return await app.connections.findProgress(room);
  } catch (error) {
    app.log.warn('How far a room was told is not known', { room, error: error as Error });
    return undefined;
  }
}

/** Number of items at the start of a run that the progress covers. */
function countBegun(run: readonly ItemMessage[], { gen, seqs }: Progress): number {
  const other = run.findIndex((message) => message.gen !== gen || !seqs.includes(message.item.seq));
  return other === -1 ? run.length : other;
}

async function pushItems(app: FanOutApp, run: readonly ItemMessage[], resume?: Reached): Promise<void> {
  const [first] = run;
  if (!first) return;
  const { room, gen } = first;
  const items = run.map(({ item }) => item);
  const frames = packFrames(room, gen, items).map(encode);
  const seqs = items.map(({ seq }) => seq);
  const readers = await tellRoom(app, room, (connectionId) => postAll(app, connectionId, frames, room), {
    resume,
    note: ({ after, missed }) => app.connections.noteProgress(room, { gen, seqs, after, missed }),
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

/** Frames of one connection go one after the other: side by side they could overtake each other. */
async function postAll(app: FanOutApp, connectionId: string, frames: readonly Frame[], room?: string): Promise<void> {
  for (const frame of frames) {
    const outcome = await app.sockets.post(connectionId, frame);
    if (outcome === 'taken') continue;
    await forget(app, connectionId, outcome, room);
    return;
  }
}

/**
 * A socket that is gone is forgotten at once. One that does not keep up is closed: its client comes back and is told what it missed,
 * which is never worse than frames that pile up unread.
 */
async function forget(app: FanOutApp, connectionId: string, outcome: 'gone' | 'slow', room?: string): Promise<void> {
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
