import type { Topic } from '../../../contract/changes.ts';
import type { RoomItem } from '../../../contract/frames.ts';
import type { DerivedFrame } from '../../../contract/messages/fan-out.ts';

/** An item of a room's log without its position, which is in the row's column `seq`. */
type WithoutSeq<Item> = Item extends RoomItem ? Omit<Item, 'seq'> : never;
export type UnplacedItem = WithoutSeq<RoomItem>;

/**
 * Payload of an outbox row, one of four. Items carry the generation of the room's log; frames belong to no log. In `rooms` subscriptions
 * have ended. `close` is for a member whose connections are closed.
 */
export type Payload =
  | { readonly gen: string; readonly item: UnplacedItem }
  | { readonly frame: DerivedFrame }
  | { readonly rooms: readonly string[] }
  | { readonly close: { readonly userId: string; readonly code: number; readonly reason: string } };

/**
 * An outbox row: written in the transaction of the change, published after the commit. The sweeper publishes it if the sender died in
 * between.
 */
export interface OutboxRow {
  readonly id: string;
  readonly workspaceId: string;
  readonly room: string;
  readonly topic: Topic | null;
  readonly payload: Payload;
  /** Position of the item in the room's log; null for other payloads. */
  readonly seq: number | null;
  readonly createdAt: Date;
}
