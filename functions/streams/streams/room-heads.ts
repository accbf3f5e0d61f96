import type { RoomItem } from '../../../contract/frames.ts';
import { parseRoom } from '../../../contract/frames.ts';
import type { StreamEvent } from '../../../contract/event.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import type { Transaction } from '../../platform/database.ts';
import { listChanges } from '../events/event-store.ts';
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

/** Reads the current state of what changed in streams after a position: at most `limit` + 1 changes, so that the caller detects more. */
export async function readChanges(
  tx: Transaction,
  behind: readonly { streamId: string; position: number }[],
  limit: number,
): Promise<Map<string, RoomItem[]>> {
  const changes = behind.length > 0 ? await listChanges(tx, behind, limit + 1) : new Map<string, StreamEvent[]>();
  return new Map([...changes].map(([streamId, events]) => [streamId, events.map(itemOf)]));
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
