import * as z from 'zod';
import { DraftFrame } from '../draft.ts';
import { EpochsFrame, Pointer, RelatedFrame, RoomItem, SignalType, WelcomeFrame } from '../frames.ts';
import { PresenceFrame } from '../presence.ts';

/** An item for all subscribers of a room, sent by the outbox. */
const ItemMessage = z.object({
  kind: z.literal('item'),
  room: z.string(),
  gen: z.string(),
  item: RoomItem,
  committedAt: z.iso.datetime(),
});
/** A frame for all subscribers of a room that is derived from the room's log, and can be read again over HTTP. */
const DerivedFrame = z.discriminatedUnion('op', [EpochsFrame, RelatedFrame]);
export type DerivedFrame = z.infer<typeof DerivedFrame>;
const DerivedMessage = z.object({ kind: z.literal('derived'), room: z.string(), frame: DerivedFrame });
/** A frame for all subscribers of a room that may be lost: what it tells can be read over HTTP. */
const NoticeMessage = z.object({
  kind: z.literal('notice'),
  room: z.string(),
  frame: z.discriminatedUnion('op', [DraftFrame, PresenceFrame]),
});
/** Frames for one connection, in the order of the room's group: a replay precedes the changes after it. */
const DirectMessage = z.object({ kind: z.literal('direct'), connectionId: z.string(), frames: z.array(z.looseObject({ op: z.string() })) });
/** The first frame of a connection that was subscribed to a room as it opened. It closes a connection that has lost that subscription. */
const GreetMessage = z.object({ kind: z.literal('greet'), connectionId: z.string(), room: z.string(), frame: WelcomeFrame });
/** The heads of streams, for all subscribers of these rooms. The newest counts, so their order does not matter. */
const PointersMessage = z.object({ kind: z.literal('pointers'), rooms: z.array(z.object({ room: z.string(), items: z.array(Pointer) })) });
/**
 * A signal for all subscribers of a room but its sender, sent at most once. It is dropped `ttl` seconds after `at`. `from`: connection of the
 * sender; null where it was sent over HTTP, and no connection of the actor gets it.
 */
const SignalMessage = z.object({
  kind: z.literal('signal'),
  room: z.string(),
  type: SignalType,
  actor: z.string(),
  from: z.string().nullable(),
  at: z.iso.datetime(),
  ttl: z.int(),
  data: z.record(z.string(), z.json()).optional(),
});
/** Removes the subscriptions to the rooms whose access has ended, and tells their clients. */
const RevokeMessage = z.object({ kind: z.literal('revoke'), rooms: z.array(z.string()).readonly() });
/** Sends `bye` to one connection and closes it. */
const CloseMessage = z.object({ kind: z.literal('close'), connectionId: z.string(), code: z.int(), reason: z.string() });
/** Sends `bye` to all connections of a member and closes them. */
const CloseUserMessage = z.object({
  kind: z.literal('close-user'),
  workspaceId: z.string(),
  userId: z.string(),
  code: z.int(),
  reason: z.string(),
});

/** A message of the fan-out queue. All frames for sockets pass through it, because only its worker can post them. */
export const FanOutMessage = z.discriminatedUnion('kind', [
  ItemMessage,
  DerivedMessage,
  NoticeMessage,
  DirectMessage,
  GreetMessage,
  PointersMessage,
  SignalMessage,
  RevokeMessage,
  CloseMessage,
  CloseUserMessage,
]);
export type FanOutMessage = z.infer<typeof FanOutMessage>;
export type GreetMessage = z.infer<typeof GreetMessage>;
export type ItemMessage = z.infer<typeof ItemMessage>;
export type RevokeMessage = z.infer<typeof RevokeMessage>;
export type SignalMessage = z.infer<typeof SignalMessage>;
