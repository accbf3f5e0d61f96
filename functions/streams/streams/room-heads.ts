import type { RoomItem } from '../../../contract/frames.ts';
import { parseRoom } from '../../../contract/frames.ts';
import type { StreamEvent } from '../../../contract/event.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import type { Transaction } from '../../platform/database.ts';
import { forRoom } from '../events/event-rows.ts';
import { listChanges, measureChanges } from '../events/event-store.ts';
import { findRoomPositions, findStreamPositions } from './room-store.ts';

/** Head of a room's log. `streamId` is undefined for rooms of workspace and member, whose single changes are not stored. */
export interface RoomHead {
  readonly room: string;
  readonly gen: string;
  readonly head: number;
  readonly streamId: string | undefined;
}

/**
 * Finds the heads of the rooms that the caller may subscribe to. Others are left out as if missing: hidden streams, the workspace for a
 * guest, own rooms of other members. At most two statements.
 */
export async function accessRooms(tx: Transaction, caller: UserCaller, rooms: readonly string[]): Promise<Map<string, RoomHead>> {
  const own = rooms.flatMap((room) => {
    const parsed = parseRoom(room);
    return parsed && parsed.workspaceId === caller.workspaceId ? [{ room, parsed }] : [];
  });
  const streamIds = own.flatMap(({ parsed }) => (parsed.kind === 'stream' ? [parsed.streamId] : []));
  const seen = streamIds.length > 0 ? await findStreamPositions(tx, caller.userId, streamIds) : [];
  const streams = new Map(seen.map((place) => [place.streamId, place]));
  const hasOwnRooms = own.some(({ parsed }) => parsed.kind !== 'stream');
  const places = hasOwnRooms ? await findRoomPositions(tx, caller.userId) : undefined;
  const heads = own.flatMap(({ room, parsed }): RoomHead[] => {
    if (parsed.kind === 'stream') {
      const stream = streams.get(parsed.streamId);
      return stream ? [{ room, gen: stream.gen, head: stream.rev, streamId: stream.streamId }] : [];
    }
    const isHeard = parsed.kind === 'workspace' ? places?.role !== 'guest' : parsed.userId === caller.userId;
    const place = isHeard ? places?.[parsed.kind] : undefined;
    return place ? [{ room, gen: place.gen, head: place.rev, streamId: undefined }] : [];
  });
  return new Map(heads.map((head) => [head.room, head]));
}

/** A stream whose changes after a position are wanted; `head` is the stream's last position. */
export interface StreamBehind {
  readonly streamId: string;
  readonly position: number;
  readonly head: number;
}

/** Most that is read for one caller: changes of a stream, changes of all streams, bytes of their texts. */
export interface ReadBudget {
  readonly perStream: number;
  readonly changes: number;
  readonly bytes: number;
}

/**
 * Reads the current state of what changed in streams after a position. Streams beyond the budget are left out, those with the most changes
 * first. They cost nothing: sizes are read before texts, and only of streams that may fit.
 */
export async function readChanges(
  tx: Transaction,
  behind: readonly StreamBehind[],
  { perStream, changes, bytes }: ReadBudget,
): Promise<Map<string, RoomItem[]>> {
  // Each change took a position, so the distance bounds their number.
  const possible = takeWithin(behind, changes, ({ head, position }) => Math.min(head - position, perStream + 1));
  if (possible.length === 0) return new Map();
  const measured = await measureChanges(tx, possible, perStream + 1);
  const small = measured.filter((stream) => stream.changes <= perStream);
  const fitting = new Set(takeWithin(small, bytes, (stream) => stream.bytes).map(({ streamId }) => streamId));
  if (fitting.size === 0) return new Map();
  const wanted = possible.filter(({ streamId }) => fitting.has(streamId));
  const events = await listChanges(tx, wanted, perStream);
  return new Map([...events].map(([streamId, found]) => [streamId, found.map(forRoom).map(itemOf)]));
}

/** Selects items, smallest first, while their sizes add up to at most `limit`. */
function takeWithin<Item>(items: readonly Item[], limit: number, sizeOf: (item: Item) => number): Item[] {
  let left = limit;
  return items.toSorted((a, b) => sizeOf(a) - sizeOf(b)).filter((item) => (left -= sizeOf(item)) >= 0);
}

function itemOf(event: StreamEvent): RoomItem {
  const type = typeOf(event);
  return {
    seq: event.changedSeq,
    type,
    eventId: event.id,
    at: event.deletedAt ?? event.editedAt ?? event.createdAt,
    actor: event.actorId,
    ...(type === 'event' && { clientEventId: event.clientEventId }),
    data: event,
  };
}

function typeOf(event: StreamEvent): 'event' | 'event:edited' | 'event:deleted' | 'event:updated' {
  if (event.deletedAt !== null) return 'event:deleted';
  if (event.changedSeq === event.seq) return 'event';
  return event.editedAt === null ? 'event:updated' : 'event:edited';
}
