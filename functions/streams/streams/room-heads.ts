import type { RoomItem } from '../../../contract/frames.ts';
import { parseRoom } from '../../../contract/frames.ts';
import type { StreamEvent } from '../../../contract/event.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import type { Transaction } from '../../platform/database.ts';
import { listChanges } from '../events/event-store.ts';
import { findRoomPlaces, findStreamPlaces } from './room-store.ts';

/** Where a room's log is. `streamId` is undefined for the rooms of workspace and member, whose changes are not kept one by one. */
export interface RoomHead {
  readonly room: string;
  readonly gen: string;
  readonly head: number;
  readonly streamId: string | undefined;
}

/**
 * The rooms that the caller may hear, each with its head; the others are left out, as if they did not exist: streams that they do not see,
 * the workspace for a guest, the rooms of others. At most two statements.
 */
export async function accessRooms(tx: Transaction, caller: UserCaller, rooms: readonly string[]): Promise<Map<string, RoomHead>> {
  const own = rooms.flatMap((room) => {
    const parsed = parseRoom(room);
    return parsed && parsed.workspaceId === caller.workspaceId ? [{ room, parsed }] : [];
  });
  const streamIds = own.flatMap(({ parsed }) => (parsed.kind === 'stream' ? [parsed.streamId] : []));
  const seen = streamIds.length > 0 ? await findStreamPlaces(tx, caller.userId, streamIds) : [];
  const streams = new Map(seen.map((place) => [place.streamId, place]));
  const hasOwnRooms = own.some(({ parsed }) => parsed.kind !== 'stream');
  const places = hasOwnRooms ? await findRoomPlaces(tx, caller.userId) : undefined;
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

/** What a stream's room would have heard after a position, as far as it still shows: at most `limit` + 1 changes, so that more is noticed. */
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
