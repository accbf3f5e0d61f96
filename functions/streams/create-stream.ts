import { newId, UserId } from '../../contract/ids.ts';
import { room } from '../../contract/frames.ts';
import type { CreateStream, Stream } from '../../contract/stream.ts';
import type { App } from '../platform/app.ts';
import type { UserCaller } from '../platform/authenticate.ts';
import { AppError } from '../platform/errors.ts';
import { newGeneration } from '../platform/generation.ts';
import type { RequestHeaders } from '../platform/http-input.ts';
import { withOutbox } from '../platform/outbox.ts';
import type { OutboxTransaction } from '../platform/outbox.ts';
import { accessMember } from './access.ts';
import { findStreamByIdempotencyKey, insertStream, takeWorkspaceRevision } from './store.ts';
import { slugOf } from './stream.ts';

type CreateStreamApp = Pick<App, 'db' | 'queues' | 'fanOutQueueUrl' | 'clock' | 'log' | 'metrics'>;

/** Makes a stream and tells the workspace. `repeated`: the same idempotency key made it before. */
export async function createStream(
  app: CreateStreamApp,
  caller: UserCaller,
  input: CreateStream & RequestHeaders,
): Promise<{ stream: Stream; repeated: boolean }> {
  return withOutbox(app, caller.workspaceId, async (tx) => {
    const role = await accessMember(tx, caller);
    if (role === 'guest') throw new AppError('forbidden', 'Guests may not create streams.');
    const stream = await insertStream(tx, {
      id: newId('stream', app.clock.now().getTime()),
      streamType: input.streamType,
      name: input.name,
      slug: input.slug ?? slugOf(input.name) ?? null,
      description: input.description || null,
      visibility: input.visibility,
      gen: newGeneration(),
      createdBy: caller.userId,
      idempotencyKey: input.idempotencyKey ?? null,
      createdAt: app.clock.now(),
    });
    if (!stream) return { stream: await madeBefore(tx, caller, input), repeated: true };
    if (stream.visibility === 'public') await announce(tx, stream, caller);
    return { stream, repeated: false };
  });
}

/** The same key again is the same stream; otherwise it was the name that is taken. */
async function madeBefore(tx: OutboxTransaction, caller: UserCaller, input: CreateStream & RequestHeaders): Promise<Stream> {
  const before = input.idempotencyKey === undefined ? undefined : await findStreamByIdempotencyKey(tx, caller.userId, input.idempotencyKey);
  if (before) return before;
  const field = input.slug === undefined ? 'name' : 'slug';
  throw new AppError('conflict', `Another stream has this ${field}.`, {
    errors: [{ path: `body.${field}`, message: 'is taken by another stream; choose another' }],
  });
}

/** Everyone else sees the stream as one they have not joined. */
async function announce(tx: OutboxTransaction, stream: Stream, caller: UserCaller): Promise<void> {
  const { rev, gen } = await takeWorkspaceRevision(tx);
  tx.enqueue('stream-created', room.workspace(caller.workspaceId), gen, {
    seq: rev,
    type: 'stream:created',
    at: stream.createdAt,
    actor: UserId.parse(caller.userId),
    data: { ...stream, isMember: false, unreadCount: 0, lastReadAt: null, notifyLevel: 'default' },
  });
}
