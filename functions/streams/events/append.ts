import type { StreamEvent } from '../../../contract/event.ts';
import { room } from '../../../contract/frames.ts';
import { ClientEventId, EventId, newId, UserId } from '../../../contract/ids.ts';
import type { Stream } from '../../../contract/stream.ts';
import type { App } from '../../platform/app.ts';
import { AppError } from '../../platform/errors.ts';
import type { UnplacedItem } from '../../platform/outbox/outbox-row.ts';
import type { OutboxTransaction } from '../../platform/outbox.ts';
import { insertEvent } from './event-store.ts';
import type { NewEvent } from './event-store.ts';

/** Dependencies of every use case that appends an event. */
export type AppendApp = Pick<App, 'db' | 'queues' | 'fanOutQueueUrl' | 'clock' | 'log' | 'metrics'>;

export interface Actor {
  readonly id: string;
  readonly name: string;
}

/** An event to append; `shown` is what the room gets besides text and payload. */
export type EventToAppend = Pick<NewEvent, 'eventType' | 'content' | 'text' | 'mentions' | 'payload' | 'evenArchived' | 'requestHash'> & {
  readonly id?: string;
  readonly clientEventId?: string;
  readonly shown?: Partial<Pick<StreamEvent, 'sharedRef' | 'poll' | 'file'>>;
};

/** Error: the author's client event id is taken, because the same send succeeded before. Its event is the answer. */
export class DuplicateSend extends Error {}

/**
 * Appends an event of any type to a stream and enqueues it for the stream's room, in one statement that is sent at once. A caller that does
 * not need the position need not wait: the transaction fails with the statement. Rejects with `DuplicateSend`, or with the AppError
 * stream_archived if the stream was archived after its access check. `inLine`: the transaction does not hold the stream's lock yet and
 * queues for it.
 */
export function append(
  app: Pick<App, 'clock'>,
  tx: OutboxTransaction,
  stream: Pick<Stream, 'id' | 'gen'>,
  actor: Actor,
  appended: EventToAppend,
  { inLine = false }: { inLine?: boolean } = {},
): Promise<StreamEvent> {
  const draft = draftOf(app, stream, actor, appended);
  const row = { ...rowOf(draft, appended), inLine };
  const event = tx
    .enqueueNext(room.stream(tx.workspaceId, stream.id), stream.gen, itemOf(draft), (promise) => insertEvent(tx, row, promise))
    .then((seq) => ({ ...draft, seq, changedSeq: seq }))
    .catch((error: unknown) => {
      throw appendFailure(error);
    });
  // The commit fails with the statement, so a caller that does not wait still gets the error.
  event.catch(() => undefined);
  return event;
}

/** Converts an error of the append statement to one of the use case; returns any other error unchanged. */
export function appendFailure(error: unknown): unknown {
  const { code } = error as { code?: unknown };
  if (code === 'SBDUP') return new DuplicateSend();
  return code === 'SBARC' ? new AppError('stream_archived') : error;
}

/** Event without its position. */
function draftOf(app: Pick<App, 'clock'>, stream: Pick<Stream, 'id'>, actor: Actor, { shown, ...event }: EventToAppend): StreamEvent {
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

const rowOf = (
  draft: StreamEvent,
  { eventType, content, text, mentions, payload, evenArchived, requestHash }: EventToAppend,
): Omit<NewEvent, 'inLine'> => {
  const { id, streamId, actorId, clientEventId, createdAt } = draft;
  const own = { id, streamId, actorId, clientEventId, createdAt: new Date(createdAt) };
  return { ...own, eventType, content, text, mentions, payload, evenArchived, requestHash };
};

const itemOf = (event: StreamEvent): UnplacedItem => ({
  type: 'event',
  eventId: event.id,
  at: event.createdAt,
  actor: event.actorId,
  clientEventId: event.clientEventId,
  data: event,
});
