import * as z from 'zod';
import { Problem } from './errors.ts';
import { ClientEventId, EpochId, EventId, StreamId, UserId, WorkspaceId } from './ids.ts';
import { Epoch, Related } from './epoch.ts';
import { Mention, StreamEvent } from './event.ts';
import { Notification } from './notification.ts';
import { ReadState, Stream } from './stream.ts';
import { User } from './workspace.ts';
import { MessageText, nameOf } from './text.ts';

/** The largest frame either side sends, in bytes of UTF-8; the server packs to `packedFrameBytes`. */
export const maxFrameBytes = 32_768;
export const packedFrameBytes = 30_000;
/** How many rooms one connection may be subscribed to. */
export const maxRooms = 50;
/** How many changes of a room a resume replays; beyond that the client pulls over HTTP. */
export const maxReplay = 200;
/** Seconds between pings of a client (with jitter), and how old a socket may get. */
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

/** Reads a room's name; undefined when it is not one. */
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
const seq = z.int().min(0);
const gen = z.string().min(1).max(32);

// ---- pushed events: what a room's log is made of, as it travels ----

/**
 * One durable change of a room. `seq` is gapless in the room. In a stream's room the whole event travels as it is now: `event` when it was
 * appended, `event:edited`, `event:deleted`, `reaction`, and `event:updated` for votes, pins, replies and what else belongs to it.
 * In the rooms of workspace and user a stream travels as its shared part is: what is the reader's own in it (`isMember`, `role`, counts)
 * is only right in `stream:member:added`.
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
    resume: z.strictObject({ rooms: z.array(Position).max(maxRooms) }).optional(),
  }),
).meta({ id: 'HelloFrame' });
export const SubFrame = request('sub', z.strictObject({ rooms: z.array(Subscription).min(1).max(maxRooms) })).meta({ id: 'SubFrame' });
export const UnsubFrame = request('unsub', z.strictObject({ rooms: z.array(RoomName).min(1).max(maxRooms) })).meta({ id: 'UnsubFrame' });
export const SendFrame = request(
  'send',
  z.strictObject({ stream: StreamId, clientEventId: ClientEventId, text: MessageText, mentions: z.array(Mention).max(50).default([]) }),
).meta({ id: 'SendFrame' });
/** Kinds of what is told at most once and not kept. */
export const SignalType = z.enum(['typing', 'editing.state', 'presence']).meta({ id: 'SignalType' });
/** How long each is shown unless it is told again, in seconds. */
export const signalSeconds = { typing: 6, 'editing.state': 15, presence: 60 } as const satisfies Record<z.infer<typeof SignalType>, number>;
/** Tells everyone in a room that one hears oneself, at most once a second of a kind; `data` is the program's own (a cursor, a selection, `{"status":"away"}`). */
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
/** `/new`: what follows is about something else. */
export const BarrierFrame = request('barrier', z.strictObject({ stream: StreamId, label: nameOf(80).optional() })).meta({
  id: 'BarrierFrame',
});
export const PingFrame = request('ping', z.strictObject({ pos: z.array(Position).max(maxRooms).default([]) })).meta({ id: 'PingFrame' });

export const ClientFrame = z
  .discriminatedUnion('op', [HelloFrame, SubFrame, UnsubFrame, SendFrame, SignalFrame, BarrierFrame, PingFrame])
  .meta({ id: 'ClientFrame' });
export type ClientFrame = z.infer<typeof ClientFrame>;
/** A client frame as a client writes it (defaults may be left out). */
export type ClientFrameInput = z.input<typeof ClientFrame>;

// ---- server frames ----

/** `from` is the promise point: everything after it comes on this connection, or the client is told. */
export const RoomState = z.object({ room: z.string(), gen: z.string(), from: seq, head: seq }).meta({ id: 'RoomState' });
export type RoomState = z.infer<typeof RoomState>;
const Refusal = z.object({ room: z.string(), problem: Problem });
const subscribed = z.object({ rooms: z.array(RoomState), refused: z.array(Refusal).optional() });
const reply = <Op extends string, Body extends z.ZodType>(op: Op, body: Body) => z.object({ op: z.literal(op), id: counter, d: body });

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
/** `unsubscribed`: rooms of the ping that the caller may hear and this connection is not subscribed to; subscribe to them again. */
export const PongFrame = reply('pong', z.object({ heads, unsubscribed: z.array(z.string()).optional() })).meta({ id: 'PongFrame' });
export const ErrFrame = z
  .object({ op: z.literal('err'), id: counter.nullable().describe('null where the id could not be read'), d: Problem })
  .meta({ id: 'ErrFrame' });
/** One change, live. */
export const EvFrame = z
  .intersection(z.object({ op: z.literal('ev'), room: z.string(), gen: z.string() }), RoomItem)
  .meta({ id: 'EvFrame' });
/**
 * Several changes. Live: contiguous items. Replay (`from` and `upTo` are there): the changes of (from, upTo] that still show, oldest change
 * first; positions may be missing where a later change of the same event stands for an earlier one. Applying it brings the reader to `upTo`.
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
/** The room went on without this connection: read `pull` over HTTP from `have` until `head`. */
export const BehindFrame = z
  .object({ op: z.literal('behind'), rooms: z.array(z.object({ room: z.string(), have: seq, head: seq, pull: z.string() })) })
  .meta({ id: 'BehindFrame' });
/** What the client holds of the room is of another log: forget it and read it anew. */
export const ResyncFrame = z
  .object({
    op: z.literal('resync'),
    rooms: z.array(z.object({ room: z.string(), reason: z.enum(['unknown_gen', 'position_ahead', 'behind']), gen: z.string(), head: seq })),
  })
  .meta({ id: 'ResyncFrame' });
/** Told at most once: someone types, is here, moved their cursor. Shown until `ttl` seconds have passed. */
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
 * How far a stream is that may not be open: absolute, so that a later one replaces an earlier one (by `head`). At most one every three
 * seconds a stream, and the last state always comes. `read` is there where the room is the reader's own.
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
 * Epochs of a stream that were opened, closed, labelled or corrected, as they are now, and the ids of those that are no more. Derived from
 * the log, so without a position: `rev` is the stream's `epochsRev` after the change, `from` before it; who has another one than `from`
 * lists the epochs anew. `partial`: more have changed than are told here; list them.
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
/** What the newest epoch of a stream is related to, as far as everybody in the room may see it; the newest wins. */
export const RelatedFrame = z
  .object({ op: z.literal('related'), room: z.string(), epochId: EpochId, items: z.array(Related) })
  .meta({ id: 'RelatedFrame' });
export type RelatedFrame = z.infer<typeof RelatedFrame>;
/** The subscription to these rooms has ended because who may hear them changed: subscribe again to learn whether one still may. */
export const RevokedFrame = z.object({ op: z.literal('revoked'), rooms: z.array(z.string()) }).meta({ id: 'RevokedFrame' });
/** The server is about to close: `code` as in the close codes; `reconnect` says whether to come back, `afterMs` when. */
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
    RevokedFrame,
    ByeFrame,
  ])
  .meta({ id: 'ServerFrame' });
export type ServerFrame = z.infer<typeof ServerFrame>;
export type EvFrame = z.infer<typeof EvFrame>;
export type EvsFrame = z.infer<typeof EvsFrame>;
export type EphFrame = z.infer<typeof EphFrame>;
export type PtrFrame = z.infer<typeof PtrFrame>;

/** Close codes by what they ask of the client: 4000-4099 reconnect, 4100-4199 fetch a new ticket, 4400-4499 stop and show. */
export const closeCodes = {
  shutdown: 4001,
  max_age: 4002,
  rate_limited: 4008,
  slow_consumer: 4009,
  insufficient_state: 4010,
  ticket_expired: 4101,
  bad_frame: 4400,
  revoked: 4401,
  forbidden: 4403,
  frame_too_large: 4413,
  version_unsupported: 4426,
} as const;
