import type { PostEvent, StreamEvent } from '../../contract/event.ts';
import { room } from '../../contract/frames.ts';
import { ClientEventId, EventId, newId } from '../../contract/ids.ts';
import type { StreamId } from '../../contract/ids.ts';
import { metric } from '../../contract/names.ts';
import type { App } from '../platform/app.ts';
import type { UserCaller } from '../platform/authenticate.ts';
import { AppError } from '../platform/errors.ts';
import type { RequestHeaders } from '../platform/http-input.ts';
import { withOutbox } from '../platform/outbox.ts';
import { accessStream } from './access.ts';
import { appendMessage, findEventByClientEventId } from './event-store.ts';

type PostEventApp = Pick<App, 'db' | 'queues' | 'fanOutQueueUrl' | 'clock' | 'log' | 'metrics'>;
type PostEventInput = Pick<PostEvent, 'text' | 'mentions' | 'clientEventId'> & { streamId: StreamId } & RequestHeaders;

/** The send was done before: the transaction is undone, position and all, and the first event is the answer. */
class SentBefore extends Error {}

/**
 * Posts a message: access, place in the log, event, text, author's pointer, promise, all in one transaction; then it is told to the room.
 * `repeated`: the same client event id was posted before, and `event` is what came of it.
 */
export async function postEvent(
  app: PostEventApp,
  caller: UserCaller,
  input: PostEventInput,
): Promise<{ event: StreamEvent; repeated: boolean }> {
  const clientEventId = input.clientEventId ?? ClientEventId.parse(input.idempotencyKey ?? crypto.randomUUID());
  try {
    const event = await withOutbox(app, caller.workspaceId, async (tx) => {
      const { stream, caller: author } = await accessStream(tx, caller, input.streamId, 'post');
      const createdAt = app.clock.now();
      const id = EventId.parse(newId('event', createdAt.getTime()));
      const { text, mentions } = input;
      const placed = await appendMessage(tx, { id, streamId: stream.id, actorId: caller.userId, clientEventId, text, mentions, createdAt });
      if (!placed) throw new SentBefore();
      const posted: StreamEvent = {
        id,
        streamId: stream.id,
        seq: placed.seq,
        changedSeq: placed.seq,
        eventType: 'message',
        actorId: caller.userId,
        actorName: author.name,
        clientEventId,
        content: { text, mentions },
        replyCount: 0,
        createdAt: createdAt.toISOString(),
        editedAt: null,
        deletedAt: null,
      };
      tx.enqueue('event-appended', room.stream(caller.workspaceId, stream.id), stream.gen, {
        seq: placed.seq,
        type: 'event',
        eventId: id,
        at: posted.createdAt,
        actor: caller.userId,
        clientEventId,
        data: posted,
      });
      return posted;
    });
    app.metrics.count(metric.eventsPosted);
    return { event, repeated: false };
  } catch (error) {
    if (!(error instanceof SentBefore)) throw error;
    return { event: await firstEvent(app, caller, input.streamId, clientEventId), repeated: true };
  }
}

async function firstEvent(app: Pick<App, 'db'>, caller: UserCaller, streamId: StreamId, clientEventId: string): Promise<StreamEvent> {
  return app.db.transaction(caller.workspaceId, async (tx) => {
    const { stream } = await accessStream(tx, caller, streamId, 'post');
    const event = await findEventByClientEventId(tx, { streamId: stream.id, actorId: caller.userId, clientEventId });
    if (!event) throw new AppError('stream_archived');
    return event;
  });
}
