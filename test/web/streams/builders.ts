import type * as z from 'zod';
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
    sharedRef: null,
    poll: null,
    file: null,
    payload: null,
    reactions: [],
    thread: null,
    replyCount: 0,
    pinnedAt: null,
    pinnedBy: null,
    createdAt: at,
    editedAt: null,
    deletedAt: deleted ? at : null,
  });
}

export function stream(name: string | null, given: Partial<z.input<typeof Stream>> = {}): Stream {
  return Stream.parse({
    id: streamId,
    workspaceId: 'ws_01kb0000000000000000000000',
    streamType: 'channel',
    name,
    slug: null,
    description: null,
    parentStreamId: null,
    branchedFromEventId: null,
    visibility: 'public',
    status: 'active',
    severity: null,
    participants: null,
    promotedAt: null,
    isMember: true,
    role: 'member',
    unreadCount: 0,
    mentionCount: 0,
    readSeq: 0,
    readRev: 0,
    lastReadAt: null,
    notifyLevel: 'default',
    lastSeq: 0,
    messageCount: 0,
    countsRev: 0,
    rev: 1,
    gen: 'g',
    lastEventAt: null,
    createdAt: '2026-11-20T12:00:00Z',
    archivedAt: null,
    ...given,
  });
}

/** The id of the nth stream. */
export const streamIdOf = (n: number): string => `str_${digits(n)}`;
