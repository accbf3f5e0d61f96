import type { StreamEvent } from '../../contract/event.ts';
import { room } from '../../contract/frames.ts';
import { ClientEventId, EventId, newId, UserId } from '../../contract/ids.ts';
import type { Stream } from '../../contract/stream.ts';
import type { App } from '../platform/app.ts';
import type { OutboxTransaction } from '../platform/outbox.ts';
import { appendEvent } from './event-store.ts';
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
  { shown, ...event }: Appended,
): Promise<StreamEvent | undefined> {
  const createdAt = app.clock.now();
  const id = event.id ?? newId('event', createdAt.getTime());
  const clientEventId = event.clientEventId ?? `evt:${id}`;
  const placed = await appendEvent(tx, { ...event, id, streamId: stream.id, actorId: actor.id, clientEventId, createdAt });
  if (!placed) return undefined;
  const appended: StreamEvent = {
    id: EventId.parse(id),
    streamId: stream.id,
    seq: placed.seq,
    changedSeq: placed.seq,
    eventType: event.eventType,
    actorId: UserId.parse(actor.id),
    actorName: actor.name,
    clientEventId: ClientEventId.parse(clientEventId),
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
  tx.enqueue('event-appended', room.stream(tx.workspaceId, stream.id), stream.gen, {
    seq: placed.seq,
    type: 'event',
    eventId: appended.id,
    at: appended.createdAt,
    actor: appended.actorId,
    clientEventId: appended.clientEventId,
    data: appended,
  });
  return appended;
}
