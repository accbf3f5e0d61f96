import type * as z from 'zod';
import type { StreamEvent } from '../../contract/event.ts';
import type { Stream } from '../../contract/stream.ts';

const at = '2026-11-20T12:00:00.000Z';

/** A message as the server sends it, overridden by `given`. Not parsed, so a test may make it invalid. */
export const eventSample = (given: Partial<z.input<typeof StreamEvent>> = {}): z.input<typeof StreamEvent> => ({
  id: 'evt_00000000000000000000000001',
  streamId: 'str_01kb0000000000000000000000',
  seq: 1,
  changedSeq: given.seq ?? 1,
  eventType: 'message',
  actorId: 'ada',
  actorName: 'Ada',
  clientEventId: 'c1',
  content: { text: 'Hello', mentions: [] },
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
  deletedAt: null,
  ...given,
});

/** A public channel as the server sends it to a member who has read nothing, overridden by `given`. Not parsed. */
export const streamSample = (given: Partial<z.input<typeof Stream>> = {}): z.input<typeof Stream> => ({
  id: 'str_01kb0000000000000000000000',
  workspaceId: 'ws_01kb0000000000000000000000',
  streamType: 'channel',
  name: 'General',
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
  level: 'member',
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
  createdAt: at,
  archivedAt: null,
  ...given,
});
