import type { RoomItem } from '../../contract/frames.ts';
import { parseRoom } from '../../contract/frames.ts';
import type { StreamEvent } from '../../contract/event.ts';
import type { UserCaller } from '../platform/authenticate.ts';
import type { Transaction } from '../platform/database.ts';
import { listChanges } from './event-store.ts';
import { findWorkspaceHead } from './room-store.ts';
import { findStreams } from './store.ts';
import { maySee } from './stream.ts';

/** Where a room's log is. `streamId` is undefined for the workspace's own room, whose changes are not kept one by one. */
export interface RoomHead {
  readonly room: string;
  readonly gen: string;
  readonly head: number;
  readonly streamId: string | undefined;
}

/** The rooms that the caller may hear, each with its head; the others are left out, as if they did not exist. At most two statements. */
export async function accessRooms(tx: Transaction, caller: UserCaller, rooms: readonly string[]): Promise<Map<string, RoomHead>> {
  const own = rooms.flatMap((room) => {
    const parsed = parseRoom(room);
    return parsed && parsed.workspaceId === caller.workspaceId ? [{ room, parsed }] : [];
  });
  const streamIds = own.flatMap(({ parsed }) => (parsed.kind === 'stream' ? [parsed.streamId] : []));
  const found = streamIds.length > 0 ? await findStreams(tx, caller.userId, streamIds) : [];
  const streams = new Map(found.filter(maySee).map(({ stream }) => [stream.id as string, stream]));
  const workspace = own.some(({ parsed }) => parsed.kind === 'workspace') ? await findWorkspaceHead(tx, caller.userId) : undefined;
  const heads = own.flatMap(({ room, parsed }): RoomHead[] => {
    if (parsed.kind === 'workspace') return workspace ? [{ room, gen: workspace.gen, head: workspace.rev, streamId: undefined }] : [];
    const stream = parsed.kind === 'stream' ? streams.get(parsed.streamId) : undefined;
    return stream ? [{ room, gen: stream.gen, head: stream.lastSeq, streamId: stream.id }] : [];
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
  const type = event.deletedAt !== null ? 'event:deleted' : event.changedSeq > event.seq ? 'event:edited' : 'event';
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
