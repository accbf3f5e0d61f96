import * as z from 'zod';
import { EpochsFrame, Pointer, RelatedFrame, RoomItem, SignalType } from '../frames.ts';

/** Something for everyone in a room: what the outbox sends. */
const ItemMessage = z.object({
  kind: z.literal('item'),
  room: z.string(),
  gen: z.string(),
  item: RoomItem,
  committedAt: z.iso.datetime(),
});
/** What follows from a room's log and can be read anew, for everyone in the room. */
const DerivedFrame = z.discriminatedUnion('op', [EpochsFrame, RelatedFrame]);
export type DerivedFrame = z.infer<typeof DerivedFrame>;
const DerivedMessage = z.object({ kind: z.literal('derived'), room: z.string(), frame: DerivedFrame });
/** Frames for one connection, in the order of the room's group: a replay stands before what happens after it. */
const DirectMessage = z.object({ kind: z.literal('direct'), connectionId: z.string(), frames: z.array(z.looseObject({ op: z.string() })) });
/** How far a stream is, for everyone in these rooms; the newest wins, so their order does not matter. */
const PointersMessage = z.object({ kind: z.literal('pointers'), rooms: z.array(z.object({ room: z.string(), items: z.array(Pointer) })) });
/** What is told at most once, to everyone in a room but its sender; nobody wants it any more `ttl` seconds after `at`. */
const SignalMessage = z.object({
  kind: z.literal('signal'),
  room: z.string(),
  type: SignalType,
  actor: z.string(),
  from: z.string(),
  at: z.iso.datetime(),
  ttl: z.int(),
  data: z.record(z.string(), z.json()).optional(),
});
/**
 * The subscriptions of these members (null: of everyone) to the room end here, in order with its items. `isBelow`: it follows from another
 * revocation, that of a stream above; what is further below is told by itself.
 */
const RevokeMessage = z.object({
  kind: z.literal('revoke'),
  room: z.string(),
  userIds: z.array(z.string()).readonly().nullable(),
  isBelow: z.boolean().optional(),
});
/** Say goodbye to one connection and close it. */
const CloseMessage = z.object({ kind: z.literal('close'), connectionId: z.string(), code: z.int(), reason: z.string() });
/** The same for all connections of a member. */
const CloseUserMessage = z.object({
  kind: z.literal('close-user'),
  workspaceId: z.string(),
  userId: z.string(),
  code: z.int(),
  reason: z.string(),
});

/** What goes through the fan-out queue: all that is pushed to sockets, since only its worker can push. */
export const FanOutMessage = z.discriminatedUnion('kind', [
  ItemMessage,
  DerivedMessage,
  DirectMessage,
  PointersMessage,
  SignalMessage,
  RevokeMessage,
  CloseMessage,
  CloseUserMessage,
]);
export type FanOutMessage = z.infer<typeof FanOutMessage>;
export type ItemMessage = z.infer<typeof ItemMessage>;
export type RevokeMessage = z.infer<typeof RevokeMessage>;
export type SignalMessage = z.infer<typeof SignalMessage>;
