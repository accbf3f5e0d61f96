import * as z from 'zod';
import { Problem } from './errors.ts';
import { ClientEventId, EpochId, EventId, StreamId, UserId, WorkspaceId } from './ids.ts';
import { Epoch, Related } from './epoch.ts';
import { Mention, StreamEvent } from './event.ts';
import { Notification } from './notification.ts';
import { DraftFrame } from './draft.ts';
import { PresenceFrame, Present } from './presence.ts';
import { ReadState, Stream } from './stream.ts';
import { User } from './workspace.ts';
import { MessageText, nameOf } from './text.ts';

/** The largest frame either side sends, in bytes of UTF-8; the server packs to `packedFrameBytes`. */
export const maxFrameBytes = 32_768;
export const packedFrameBytes = 30_000;
/** Most rooms that one connection may be subscribed to. */
export const maxRooms = 50;
/** Most changes of a room that a resume replays. A client that is further behind pulls over HTTP. */
export const maxReplay = 200;
/** Most changes, and bytes of their texts, that a resume replays over all its rooms. The client pulls the other rooms over HTTP. */
export const maxReplayedChanges = 2_000;
export const maxReplayedBytes = 1_000_000;
/** Seconds between pings of a client (with jitter), and the greatest age of a socket. */
export const pingSeconds = 240;
export const maxAgeSeconds = 7200;

/** A WebSocket audience. */
export const room = {
  stream: (workspaceId: string, streamId: string): string => `ws:${workspaceId}:stream:${streamId}`,
  workspace: (workspaceId: string): string => `ws:${workspaceId}:workspace`,
  user: (workspaceId: string, userId: string): string => `ws:${workspaceId}:user:${userId}`,
};

export type ParsedRoom =
  | { kind: 'stream'; workspaceId: WorkspaceId; streamId: StreamId }
  | { kind: 'workspace'; workspaceId: WorkspaceId }
  | { kind: 'user'; workspaceId: WorkspaceId; userId: UserId };

/** Parses the name of a room. Returns undefined when it is not one. */
export function parseRoom(name: string): ParsedRoom | undefined {
  const [prefix, workspace, kind, id, ...rest] = name.split(':');
  const workspaceId = WorkspaceId.safeParse(workspace);
  if (prefix !== 'ws' || rest.length > 0 || !workspaceId.success) return undefined;
  if (kind === 'workspace' && id === undefined) return { kind, workspaceId: workspaceId.data };
  if (kind === 'stream') {
    const streamId = StreamId.safeParse(id);
    return streamId.success ? { kind, workspaceId: workspaceId.data, streamId: streamId.data } : undefined;
  }
  if (kind === 'user') {
    const userId = UserId.safeParse(id);
    return userId.success ? { kind, workspaceId: workspaceId.data, userId: userId.data } : undefined;
  }
  return undefined;
}

const RoomName = z
  .string()
  .max(200)
  .refine((name) => parseRoom(name) !== undefined, { error: 'must be the name of a room' });
/** A list of different rooms: work that a frame asks for twice is refused. */
const differentRooms = <Item extends z.ZodType>(item: Item, roomOf: (item: z.infer<Item>) => string) =>
  z
    .array(item)
    .max(maxRooms)
    .refine((items) => new Set(items.map(roomOf)).size === items.length, { error: 'must not hold the same room twice' });
const seq = z.int().min(0);
const gen = z.string().min(1).max(32);

// ---- pushed events: what a room's log is made of, as it travels ----

/**
 * One durable change of a room. `seq` has no gaps in the room. In a stream's room the whole event travels in its current version: `event`
 * when it was appended, `event:edited`, `event:deleted`, `reaction`, and `event:updated` for votes, pins, replies and other changes.
 * In the rooms of a workspace and a user, a stream travels as its shared part. The reader's own fields (`isMember`, `role`, `level`,
 * counts) are valid only in `stream:member:added`.
 */
const stamp = { seq, at: z.iso.datetime(), actor: UserId.nullable() };
const eventItem = <Type extends 'event' | 'event:edited' | 'event:deleted' | 'event:updated' | 'reaction'>(type: Type) =>
  z.object({ ...stamp, type: z.literal(type), eventId: EventId, clientEventId: ClientEventId.optional(), data: StreamEvent });
const item = <Type extends string, Data extends z.ZodType>(type: Type, data: Data) => z.object({ ...stamp, type: z.literal(type), data });
export const RoomItem = z
  .discriminatedUnion('type', [
    eventItem('event'),
    eventItem('event:edited'),
    eventItem('event:deleted'),
    eventItem('event:updated'),
    eventItem('reaction'),
    item('stream:created', Stream),
    item('stream:updated', Stream),
    item('stream:archived', Stream),
    item('member:updated', User.extend({ removedAt: z.iso.datetime().nullable() })),
    item('notification:new', z.object({ notification: Notification, read: ReadState.nullable(), unreadNotifications: z.int() })),
    item('notification:changed', z.object({ removed: z.array(z.string()), read: z.array(z.string()), unreadNotifications: z.int() })),
    item('stream:member:added', Stream),
    item('stream:member:removed', z.object({ streamId: StreamId })),
    item('readCursor:updated', z.object({ streamId: StreamId, read: ReadState, unreadNotifications: z.int() })),
  ])
  .meta({ id: 'RoomItem' });
export type RoomItem = z.infer<typeof RoomItem>;

// ---- client frames ----

const counter = z.int().min(0).describe("The client's counter; replies echo it");
const Position = z.strictObject({ room: RoomName, gen: gen.optional(), seq: seq.optional() });
const Subscription = z.strictObject({
  room: RoomName,
  gen: gen.optional(),
  seq: seq.optional(),
  mode: z.literal('full').default('full'),
});
const request = <Op extends string, Body extends z.ZodType>(op: Op, body: Body) =>
  z.strictObject({ op: z.literal(op), id: counter, d: body });

export const HelloFrame = request(
  'hello',
  z.strictObject({
    v: z.int(),
    device: z.string().max(64).optional(),
    resume: z.strictObject({ rooms: differentRooms(Position, ({ room }) => room) }).optional(),
  }),
).meta({ id: 'HelloFrame' });
export const SubFrame = request('sub', z.strictObject({ rooms: differentRooms(Subscription, ({ room }) => room).min(1) })).meta({
  id: 'SubFrame',
});
export const UnsubFrame = request('unsub', z.strictObject({ rooms: differentRooms(RoomName, (room) => room).min(1) })).meta({
  id: 'UnsubFrame',
});
/**
 * Posts a message. Frames of one socket are handled at the same time: a client that needs its messages in order waits for the `ok` of a
 * stream's message before it sends the next one there.
 */
export const SendFrame = request(
  'send',
  z.strictObject({ stream: StreamId, clientEventId: ClientEventId, text: MessageText, mentions: z.array(Mention).max(50).default([]) }),
).meta({ id: 'SendFrame' });
/** Kinds of signal. A signal is sent at most once and not stored. */
export const SignalType = z.enum(['typing', 'editing.state', 'presence']).meta({ id: 'SignalType' });
/** Seconds that a signal of each kind is shown unless it is sent again. */
export const signalSeconds = { typing: 6, 'editing.state': 15, presence: 60 } as const satisfies Record<z.infer<typeof SignalType>, number>;
/**
 * Sends a signal to all subscribers of a room that the sender is subscribed to, at most once a second of a kind. `data` belongs to the
 * program (a cursor, a selection, `{"status":"away"}`).
 */
export const SignalFrame = request(
  'signal',
  z.strictObject({
    room: RoomName,
    type: SignalType,
    data: z
      .record(z.string(), z.json())
      .refine((data) => JSON.stringify(data).length <= 1_024, { error: 'must be at most 1024 characters of JSON' })
      .optional(),
  }),
).meta({ id: 'SignalFrame' });
/** The `/new` command: the messages after it belong to a new epoch. */
export const BarrierFrame = request('barrier', z.strictObject({ stream: StreamId, label: nameOf(80).optional() })).meta({
  id: 'BarrierFrame',
});
/** Keeps a device of the caller present, or ends it. It is sent again every 50 s, and when its state changes. */
export const PresentFrame = request('present', Present).meta({
  id: 'PresentFrame',
});
export const PingFrame = request('ping', z.strictObject({ pos: differentRooms(Position, ({ room }) => room).default([]) })).meta({
  id: 'PingFrame',
});

export const ClientFrame = z
  .discriminatedUnion('op', [HelloFrame, SubFrame, UnsubFrame, SendFrame, SignalFrame, BarrierFrame, PresentFrame, PingFrame])
  .meta({ id: 'ClientFrame' });
export type ClientFrame = z.infer<typeof ClientFrame>;
/** A client frame as a client writes it (defaults may be left out). */
export type ClientFrameInput = z.input<typeof ClientFrame>;

// ---- server frames ----

/** A subscription. `from` is the promise point: everything after it comes on this connection, or the server says that it does not. */
export const RoomState = z.object({ room: z.string(), gen: z.string(), from: seq, head: seq }).meta({ id: 'RoomState' });
export type RoomState = z.infer<typeof RoomState>;
const Refusal = z.object({ room: z.string(), problem: Problem });
const subscribed = z.object({ rooms: z.array(RoomState), refused: z.array(Refusal).optional() });
const reply = <Op extends string, Body extends z.ZodType>(op: Op, body: Body) => z.object({ op: z.literal(op), id: counter, d: body });

/** The answer to `hello`. A socket of `/ws/{cid}/` gets it by itself, with id 0: it is subscribed then, and hears all after `from`. */
export const WelcomeFrame = reply(
  'welcome',
  z.object({
    session: z.string(),
    pingSeconds: z.int(),
    maxAgeSeconds: z.int(),
    limits: z.object({ rooms: z.int(), frameBytes: z.int() }),
    resumed: subscribed.optional(),
  }),
).meta({ id: 'WelcomeFrame' });
export const OkFrame = reply('ok', z.object({ ...subscribed.partial().shape, event: StreamEvent.optional() })).meta({ id: 'OkFrame' });
const heads = z.array(z.object({ room: z.string(), gen: z.string(), head: seq }));
/**
 * The answer to a ping. `unsubscribed`: rooms of the ping that the caller may hear, without a subscription of this connection; subscribe
 * again.
 */
export const PongFrame = reply('pong', z.object({ heads, unsubscribed: z.array(z.string()).optional() })).meta({ id: 'PongFrame' });
export const ErrFrame = z
  .object({ op: z.literal('err'), id: counter.nullable().describe('null where the id could not be read'), d: Problem })
  .meta({ id: 'ErrFrame' });
/** One change, live. */
export const EvFrame = z
  .intersection(z.object({ op: z.literal('ev'), room: z.string(), gen: z.string() }), RoomItem)
  .meta({ id: 'EvFrame' });
/**
 * Several changes. Live: contiguous items. Replay (with `from` and `upTo`): the changes of (from, upTo] that still show, oldest change
 * first. Positions may be missing where a later change of the same event replaces an earlier one. Applying a replay brings the reader to
 * `upTo`.
 */
export const EvsFrame = z
  .object({
    op: z.literal('evs'),
    room: z.string(),
    gen: z.string(),
    items: z.array(RoomItem),
    from: seq.optional(),
    upTo: seq.optional(),
  })
  .meta({ id: 'EvsFrame' });
/** The room went on without this connection. Read `pull` over HTTP from `have` until `head`. */
export const BehindFrame = z
  .object({ op: z.literal('behind'), rooms: z.array(z.object({ room: z.string(), have: seq, head: seq, pull: z.string() })) })
  .meta({ id: 'BehindFrame' });
/** The client's copy of the room is of another log. Drop it and read the room again. */
export const ResyncFrame = z
  .object({
    op: z.literal('resync'),
    rooms: z.array(z.object({ room: z.string(), reason: z.enum(['unknown_gen', 'position_ahead', 'behind']), gen: z.string(), head: seq })),
  })
  .meta({ id: 'ResyncFrame' });
/** A signal, sent at most once: typing, presence, cursors. It expires `ttl` seconds after it came. */
export const EphFrame = z
  .object({
    op: z.literal('eph'),
    room: z.string(),
    type: SignalType,
    actor: UserId,
    ttl: z.int(),
    data: z.record(z.string(), z.json()).optional(),
  })
  .meta({ id: 'EphFrame' });
/**
 * The heads of streams that may not be open. Values are absolute: of two pointers the one with the higher `head` counts. At most one is
 * sent per stream every three seconds, and the last state is always sent. `read` is set in the reader's own room.
 */
export const Pointer = z
  .object({
    streamId: StreamId,
    head: seq,
    messageCount: z.int(),
    countsRev: z.int(),
    lastEventAt: z.iso.datetime().nullable(),
    lastActorId: UserId.nullable().describe('Whose message was the last: their own counts come in their own room'),
    read: ReadState.optional(),
  })
  .meta({ id: 'Pointer' });
export type Pointer = z.infer<typeof Pointer>;
export const PtrFrame = z.object({ op: z.literal('ptr'), room: z.string(), items: z.array(Pointer) }).meta({ id: 'PtrFrame' });
/**
 * Epochs of a stream that were opened, closed, labelled or corrected, in their current version, and the ids of removed ones. The frame is
 * derived from the log, so it has no position. `rev` is the stream's `epochsRev` after the change, `from` before it; a client with another
 * revision than `from` lists the epochs again. `partial`: more epochs have changed than the frame has; list them.
 */
export const EpochsFrame = z
  .object({
    op: z.literal('epochs'),
    room: z.string(),
    from: z.int(),
    rev: z.int(),
    items: z.array(Epoch),
    removed: z.array(EpochId),
    partial: z.boolean(),
  })
  .meta({ id: 'EpochsFrame' });
export type EpochsFrame = z.infer<typeof EpochsFrame>;
/** The related items of a stream's newest epoch that all readers of the room may see. The newest frame counts. */
export const RelatedFrame = z
  .object({ op: z.literal('related'), room: z.string(), epochId: EpochId, items: z.array(Related) })
  .meta({ id: 'RelatedFrame' });
export type RelatedFrame = z.infer<typeof RelatedFrame>;
/** The subscriptions to these rooms have ended because access to them changed. Subscribe again to learn whether access remains. */
export const RevokedFrame = z.object({ op: z.literal('revoked'), rooms: z.array(z.string()) }).meta({ id: 'RevokedFrame' });
/** The server is about to close the socket. `code`: the close code; `reconnect` and `afterMs`: when to connect again. */
export const ByeFrame = z
  .object({ op: z.literal('bye'), code: z.int(), reason: z.string(), reconnect: z.boolean(), afterMs: z.int() })
  .meta({ id: 'ByeFrame' });

export const ServerFrame = z
  .union([
    WelcomeFrame,
    OkFrame,
    PongFrame,
    ErrFrame,
    EvFrame,
    EvsFrame,
    EphFrame,
    PtrFrame,
    BehindFrame,
    ResyncFrame,
    EpochsFrame,
    RelatedFrame,
    DraftFrame,
    PresenceFrame,
    RevokedFrame,
    ByeFrame,
  ])
  .meta({ id: 'ServerFrame' });
export type ServerFrame = z.infer<typeof ServerFrame>;
export type WelcomeFrame = z.infer<typeof WelcomeFrame>;
export type EvFrame = z.infer<typeof EvFrame>;
export type EvsFrame = z.infer<typeof EvsFrame>;
export type EphFrame = z.infer<typeof EphFrame>;
export type PtrFrame = z.infer<typeof PtrFrame>;
