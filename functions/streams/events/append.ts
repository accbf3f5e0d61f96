import type { StreamEvent } from '../../../contract/event.ts';
import { room } from '../../../contract/frames.ts';
import { ClientEventId, EventId, newId, UserId } from '../../../contract/ids.ts';
import type { Stream } from '../../../contract/stream.ts';
import type { App } from '../../platform/app.ts';
import { AppError } from '../../platform/errors.ts';
import type { OutboxTransaction, UnplacedItem } from '../../platform/outbox.ts';
import { insertEvent } from './event-store.ts';
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

/** The author's client event id is taken: the send was done before, and its event is the answer. */
export class SentBefore extends Error {}

/**
 * Appends an event of any type to a stream and promises it to the stream's room, in one statement that is sent at once. A caller that needs
 * nothing of the position need not wait: the transaction fails where the statement does. Rejects with `SentBefore`, or with the AppError
 * stream_archived where the stream was archived after its access was checked. `inLine`: the transaction holds no lock of the stream yet.
 */
export function append(
  app: Pick<App, 'clock'>,
  tx: OutboxTransaction,
  stream: Pick<Stream, 'id' | 'gen'>,
  actor: Actor,
  appended: Appended,
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
  // The commit fails with the statement: a caller that does not wait for the event hears of it there.
  event.catch(() => undefined);
  return event;
}

/** An error of the statement that appends, in the words of the use case; any other error as it is. */
export function appendFailure(error: unknown): unknown {
  const { code } = error as { code?: unknown };
  if (code === 'SBDUP') return new SentBefore();
  return code === 'SBARC' ? new AppError('stream_archived') : error;
}

/** The event but for its position. */
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

const rowOf = (draft: StreamEvent, { eventType, content, text, mentions, payload, evenArchived }: Appended): Omit<NewEvent, 'inLine'> => {
  const { id, streamId, actorId, clientEventId, createdAt } = draft;
  const own = { id, streamId, actorId, clientEventId, createdAt: new Date(createdAt) };
  return { ...own, eventType, content, text, mentions, payload, evenArchived };
};

const itemOf = (event: StreamEvent): UnplacedItem => ({
  type: 'event',
  eventId: event.id,
  at: event.createdAt,
  actor: event.actorId,
  clientEventId: event.clientEventId,
  data: event,
});
