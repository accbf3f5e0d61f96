import { errorKinds } from '../../../contract/errors.ts';
import type { StreamEvent } from '../../../contract/event.ts';
import { ClientEventId } from '../../../contract/ids.ts';
import type { StreamId } from '../../../contract/ids.ts';
import { metric } from '../../../contract/names.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { AppError } from '../../platform/errors.ts';
import { withOutbox } from '../../platform/outbox.ts';
import type { OutboxTransaction } from '../../platform/outbox.ts';
import { requestHash, requireSameBody } from '../../platform/requests/request-hash.ts';
import { accessPlainStream } from '../access.ts';
import { appendFailure, DuplicateSend } from './append.ts';
import type { AppendApp } from './append.ts';
import { findFirstSend } from './event-store.ts';

/** The key of a send. `requestHash` is undefined where the sender gave no key, so that no repeat is possible. */
export interface SendKey {
  readonly streamId: StreamId;
  readonly clientEventId: ClientEventId;
  readonly requestHash: Buffer | undefined;
}

/** Makes the key of a send from the field or header that holds it, and from the body. */
export function keyOf(
  { streamId, clientEventId, idempotencyKey }: { streamId: StreamId; clientEventId?: ClientEventId | undefined; idempotencyKey?: string },
  body: object,
): SendKey {
  const given = clientEventId ?? idempotencyKey;
  return {
    streamId,
    clientEventId: ClientEventId.parse(given ?? crypto.randomUUID()),
    requestHash: given === undefined ? undefined : requestHash(body),
  };
}

/**
 * Runs a send idempotently: if its key was used before, the first event is the answer, also where the same send would be refused by now, as
 * in an archived stream. Throws `idempotency_mismatch` if the first send had another body.
 */
export async function sendOnce(
  app: AppendApp,
  caller: UserCaller,
  key: SendKey,
  send: (tx: OutboxTransaction) => Promise<{ event: StreamEvent | Promise<StreamEvent> }>,
): Promise<{ event: StreamEvent; repeated: boolean }> {
  try {
    const { event } = await withOutbox(app, caller, send);
    app.metrics.count(metric.eventsPosted);
    return { event: await event, repeated: false };
  } catch (thrown) {
    const error = appendFailure(thrown);
    const isRefused = error instanceof AppError && errorKinds[error.code].status < 500 && key.requestHash !== undefined;
    const event = error instanceof DuplicateSend || isRefused ? await findFirst(app, caller, key, error) : undefined;
    if (!event) throw error;
    return { event, repeated: true };
  }
}

/** Finds the event of the first send. A caller who can no longer read the stream gets the error of the repeat. */
async function findFirst(
  app: Pick<AppendApp, 'db'>,
  caller: UserCaller,
  { streamId, clientEventId, requestHash: hash }: SendKey,
  refusal: unknown,
): Promise<StreamEvent | undefined> {
  return app.db.transaction(caller, async (tx) => {
    const { stream } = await accessPlainStream(tx, caller, streamId, 'read').catch((error: unknown) => {
      throw refusal instanceof AppError && error instanceof AppError ? refusal : error;
    });
    const first = await findFirstSend(tx, { streamId: stream.id, actorId: caller.userId, clientEventId });
    if (first) requireSameBody(first.requestHash, hash);
    return first?.event;
  });
}
