import { StreamEvent } from '../../../contract/event.ts';
import { Stream } from '../../../contract/stream.ts';

const streamId = 'str_01kb0000000000000000000000';
const digits = (n: number): string => String(n).padStart(26, '0');

/** An event as the server sends it. */
export function event(seq: number, given: { actorId?: string; at?: string; deleted?: boolean; text?: string } = {}): StreamEvent {
  const { actorId = 'ada', at = '2026-11-20T12:00:00Z', deleted = false, text = `message ${seq}` } = given;
  return StreamEvent.parse({
    id: `evt_${digits(seq)}`,
    streamId,
    seq,
    changedSeq: seq,
    eventType: 'message',
    actorId,
    actorName: actorId,
    clientEventId: `c${seq}`,
    content: deleted ? null : { text, mentions: [] },
    replyCount: 0,
    createdAt: at,
    editedAt: null,
    deletedAt: deleted ? at : null,
  });
}

export function stream(name: string, given: Partial<{ description: string; slug: string }> = {}): Stream {
  return Stream.parse({
    id: streamId,
    workspaceId: 'ws_01kb0000000000000000000000',
    streamType: 'channel',
    name,
    slug: given.slug ?? null,
    description: given.description ?? null,
    parentStreamId: null,
    branchedFromEventId: null,
    visibility: 'public',
    status: 'active',
    isMember: true,
    unreadCount: 0,
    lastReadAt: null,
    notifyLevel: 'all',
    lastSeq: 0,
    messageCount: 0,
    gen: 'g',
    lastEventAt: null,
    createdAt: '2026-11-20T12:00:00Z',
    archivedAt: null,
  });
}
