import type { ShareEvent, StreamEvent } from '../../../contract/event.ts';
import { newId } from '../../../contract/ids.ts';
import type { StreamId } from '../../../contract/ids.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { AppError } from '../../platform/errors.ts';
import type { RequestHeaders } from '../../platform/http-input.ts';
import type { OutboxTransaction } from '../../platform/outbox.ts';
import { accessStream } from '../access.ts';
import { append } from './append.ts';
import type { AppendApp } from './append.ts';
import { findOrigin, insertSharedRef } from './shared-ref-store.ts';
import { findEvent } from './event-store.ts';
import { followThread } from '../members/member-store.ts';
import { findStream } from '../streams/stream-store.ts';
import { keyOf, sendOnce } from './send-once.ts';
import { isCountable, maySee } from '../stream.ts';

type Input = ShareEvent & { streamId: StreamId } & RequestHeaders;

/** Shares an event into a stream: a reference with the sharer's own text. Sharing a shared event shares its original. */
export async function shareEvent(app: AppendApp, caller: UserCaller, input: Input): Promise<{ event: StreamEvent; repeated: boolean }> {
  const send = keyOf(input, { eventType: 'shared', eventId: input.eventId, context: input.context || undefined });
  return sendOnce(app, caller, send, async (tx) => {
    const found = await accessStream(tx, caller, input.streamId, 'post');
    const origin = await accessOrigin(tx, caller, input.eventId);
    const id = newId('event', app.clock.now().getTime());
    const context = input.context || null;
    insertSharedRef(tx, { id, originalEventId: origin.eventId, originalStreamId: origin.streamId, context });
    const event = await append(
      app,
      tx,
      found.stream,
      { id: caller.userId, name: found.caller.name },
      {
        ...send,
        id,
        eventType: 'shared',
        content: { type: 'shared_ref', id },
        shown: { sharedRef: { context } },
      },
    );
    if (found.stream.streamType === 'thread' && !found.stream.isMember)
      followThread(tx, { stream: found.stream, userId: caller.userId, event });
    return { event: (await findEvent(tx, caller.userId, input.streamId, id)) ?? event };
  });
}

/** Finds the original of an event and checks that the caller may read it. */
async function accessOrigin(tx: OutboxTransaction, caller: UserCaller, eventId: string): Promise<{ eventId: string; streamId: string }> {
  const path = 'body.eventId';
  const unknown = () =>
    new AppError('not_found', `${path}: there is no such event that you may see`, {
      errors: [{ path, message: 'is not an event that you may see' }],
    });
  const origin = await findOrigin(tx, eventId);
  if (!origin) throw unknown();
  const stream = await findStream(tx, caller.userId, origin.streamId);
  if (!stream || !maySee(stream)) throw unknown();
  if (origin.deleted) throw new AppError('event_deleted', 'What was deleted cannot be shared.');
  if (!isCountable(origin.eventType))
    throw new AppError('wrong_event_type', 'What happened to a stream cannot be shared, only what people posted.');
  return origin;
}
