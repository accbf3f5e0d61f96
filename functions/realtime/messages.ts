import * as z from 'zod';
import { RoomItem } from '../../contract/frames.ts';

/** Something for everyone in a room: what the outbox sends. */
const ItemMessage = z.object({
  kind: z.literal('item'),
  room: z.string(),
  gen: z.string(),
  item: RoomItem,
  committedAt: z.iso.datetime(),
});
/** Frames for one connection, in the order of the room's group: a replay stands before what happens after it. */
const DirectMessage = z.object({ kind: z.literal('direct'), connectionId: z.string(), frames: z.array(z.looseObject({ op: z.string() })) });
/** Say goodbye to one connection and close it. */
const CloseMessage = z.object({ kind: z.literal('close'), connectionId: z.string(), code: z.int(), reason: z.string() });

/** What goes through the fan-out queue: all that is pushed to sockets, since only its worker can push. */
export const FanOutMessage = z.discriminatedUnion('kind', [ItemMessage, DirectMessage, CloseMessage]);
export type FanOutMessage = z.infer<typeof FanOutMessage>;
export type ItemMessage = z.infer<typeof ItemMessage>;
