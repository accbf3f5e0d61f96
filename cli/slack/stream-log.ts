import type { Mention } from '../../contract/event.ts';
import type { ExportRecord } from '../../contract/transfer.ts';

/** A stream under construction: its head position, its latest authors, its members and threads. */
export interface StreamLog {
  readonly id: string;
  readonly createdMs: number;
  /** Members: everyone who took part. */
  readonly members: Set<string>;
  lastMs: number | undefined;
  /** The latest three authors, newest first. */
  recent: readonly string[];
  seq: number;
  ordinal: number;
}

export const newStreamLog = (id: string, createdMs: number): StreamLog => ({
  id,
  createdMs,
  members: new Set(),
  lastMs: undefined,
  recent: [],
  seq: 0,
  ordinal: 0,
});

/** Records the author of a post. */
export function notePost(log: StreamLog, userId: string, milliseconds: number): void {
  log.lastMs = milliseconds;
  log.recent = [userId, ...log.recent.filter((id) => id !== userId)].slice(0, 3);
}

export const timeOf = (milliseconds: number): string => new Date(milliseconds).toISOString();

interface NewEvent {
  readonly id: string;
  readonly clientEventId: string;
  readonly actorId: string;
  readonly atMs: number;
  readonly editedMs?: number;
  readonly eventType: string;
  readonly text?: string;
  readonly mentions?: readonly Mention[];
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly original?: string;
  readonly deleted?: boolean;
}

/** The next event of a stream. */
export function appendTo(log: StreamLog, event: NewEvent): ExportRecord {
  const counts = event.eventType === 'message' || event.eventType === 'shared';
  log.seq++;
  if (counts) log.ordinal++;
  return {
    kind: 'event',
    id: event.id,
    streamId: log.id,
    seq: log.seq,
    changedSeq: log.seq,
    ordinal: counts ? log.ordinal : null,
    eventType: event.eventType,
    actorId: event.actorId,
    clientEventId: event.clientEventId,
    providerId: null,
    content: event.text === undefined ? null : { text: event.text, mentions: [...(event.mentions ?? [])] },
    mentionedIds: [],
    sharedRef: event.original === undefined ? null : { originalEventId: event.original, context: null },
    poll: null,
    file: null,
    payload: event.payload ?? null,
    pinnedAt: null,
    pinnedBy: null,
    createdAt: timeOf(event.atMs),
    editedAt: event.editedMs === undefined ? null : timeOf(event.editedMs),
    deletedAt: event.deleted === true ? timeOf(event.atMs) : null,
  } as unknown as ExportRecord;
}

/** Yields the records that close a stream: its members, known only after its last event, and its end. */
export function* closingRecords(
  log: StreamLog,
  end: {
    readonly owner: string | undefined;
    readonly visibility: 'public' | 'private' | 'inherit';
    readonly parent?: { readonly streamId: string; readonly eventId: string };
  },
): Generator<ExportRecord> {
  for (const userId of log.members) {
    yield {
      kind: 'stream_member',
      streamId: log.id,
      userId,
      role: userId === end.owner ? 'owner' : 'member',
      notifyLevel: 'default',
      readSeq: log.seq,
      readOrdinal: log.ordinal,
      readRev: 1,
      lastReadAt: timeOf(log.lastMs ?? log.createdMs),
      joinedAt: timeOf(log.createdMs),
      leftAt: null,
    } as ExportRecord;
  }
  yield {
    kind: 'stream_end',
    streamId: log.id,
    visibility: end.visibility,
    parentStreamId: end.parent?.streamId ?? null,
    branchedFromEventId: end.parent?.eventId ?? null,
    events: log.seq,
    messages: log.ordinal,
  } as ExportRecord;
}
