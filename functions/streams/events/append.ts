import type { StreamEvent } from '../../../contract/event.ts';
import { room } from '../../../contract/frames.ts';
import type { RoomItem } from '../../../contract/frames.ts';
import { ClientEventId, EventId, newId, UserId } from '../../../contract/ids.ts';
import type { Stream } from '../../../contract/stream.ts';
import type { App } from '../../platform/app.ts';
import type { OutboxTransaction } from '../../platform/outbox.ts';
import { appendEvent, appendEventLast } from './event-store.ts';
import type { NewEvent } from './event-store.ts';

/** What every use case that appends touches. */
export type AppendApp = Pick<App, 'db' | 'queues' | 'fanOutQueueUrl' | 'clock' | 'log' | 'metrics'>;

export interface Actor {
  readonly id: string;
  readonly name: string;
}

/** An event that is to be appended, and what of it the room is told besides its text and payload. */
export type Appended = Pick<NewEvent, 'eventType' | 'content' | 'text' | 'mentions' | 'payload' | 'evenArchived'> & {
  readonly id?: string;
  readonly clientEventId?: string;
  readonly shown?: Partial<Pick<StreamEvent, 'sharedRef' | 'poll' | 'file'>>;
};

/** Appends an event to a stream and promises it to the stream's room. Undefined: its client event id is taken, or the stream was archived. */
export async function append(
  app: Pick<App, 'clock'>,
  tx: OutboxTransaction,
  stream: Pick<Stream, 'id' | 'gen'>,
  actor: Actor,
  appended: Appended,
): Promise<StreamEvent | undefined> {
  const draft = draftOf(app, stream, actor, appended);
  const placed = await appendEvent(tx, rowOf(draft, appended));
  if (!placed) return undefined;
  const event = at(draft, placed.seq);
  tx.enqueue('event-appended', room.stream(tx.workspaceId, stream.id), stream.gen, itemOf(event));
  return event;
}

/**
 * The same where nothing else depends on the position: append, promise and commit go in one flight, and nobody who waits for the stream
 * waits for a round trip. The event is there when the transaction is done; where `append` gives undefined, the transaction fails.
 */
export function appendLast(
  app: Pick<App, 'clock'>,
  tx: OutboxTransaction,
  stream: Pick<Stream, 'id' | 'gen'>,
  actor: Actor,
  appended: Appended,
): Promise<StreamEvent> {
  const draft = draftOf(app, stream, actor, appended);
  const position = appendEventLast(tx, rowOf(draft, appended));
  const unplaced = numberNobodyWrote();
  const item = itemOf(at(draft, unplaced));
  tx.enqueueAppended('event-appended', room.stream(tx.workspaceId, stream.id), stream.gen, item, unplaced, position);
  const event = position.then((seq) => at(draft, seq));
  // Whoever waits for the transaction hears of its failure.
  event.catch(() => undefined);
  return event;
}

/** 16 digits by chance: what is posted may hold numbers, but not this one. */
const numberNobodyWrote = (): number => -(2 ** 52) - Number((crypto.getRandomValues(new BigUint64Array(1))[0] ?? 0n) >> 12n);

/** The event as it will be, but for its position. */
function draftOf(app: Pick<App, 'clock'>, stream: Pick<Stream, 'id'>, actor: Actor, { shown, ...event }: Appended): StreamEvent {
  const createdAt = app.clock.now();
  const id = event.id ?? newId('event', createdAt.getTime());
  return {
    id: EventId.parse(id),
    streamId: stream.id,
    seq: 0,
    changedSeq: 0,
    eventType: event.eventType,
    actorId: UserId.parse(actor.id),
    actorName: actor.name,
    clientEventId: ClientEventId.parse(event.clientEventId ?? `evt:${id}`),
    content: event.text === undefined ? null : { text: event.text, mentions: [...(event.mentions ?? [])] },
    sharedRef: null,
    poll: null,
    file: null,
    payload: event.payload ?? null,
    reactions: [],
    thread: null,
    replyCount: 0,
    pinnedAt: null,
    pinnedBy: null,
    createdAt: createdAt.toISOString(),
    editedAt: null,
    deletedAt: null,
    ...shown,
  };
}

const at = (draft: StreamEvent, seq: number): StreamEvent => ({ ...draft, seq, changedSeq: seq });

const rowOf = (draft: StreamEvent, { eventType, content, text, mentions, payload, evenArchived }: Appended): NewEvent => {
  const { id, streamId, actorId, clientEventId, createdAt } = draft;
  const own = { id, streamId, actorId, clientEventId, createdAt: new Date(createdAt) };
  return { ...own, eventType, content, text, mentions, payload, evenArchived };
};

const itemOf = (event: StreamEvent): RoomItem => ({
  seq: event.seq,
  type: 'event',
  eventId: event.id,
  at: event.createdAt,
  actor: event.actorId,
  clientEventId: event.clientEventId,
  data: event,
});
