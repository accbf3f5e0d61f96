import { newId } from '../../../contract/ids.ts';
import type { CreateStream, Stream } from '../../../contract/stream.ts';
import { maxDmMembers } from '../../../contract/stream.ts';
import type { WorkspaceRole } from '../../../contract/workspace.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import type { Transaction } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';
import { newGeneration } from '../../platform/generation.ts';
import type { RequestHeaders } from '../../platform/http-input.ts';
import { withOutbox } from '../../platform/outbox.ts';
import type { OutboxTransaction } from '../../platform/outbox.ts';
import { accessMember } from '../access.ts';
import { announceMembership, announceStream } from './announce.ts';
import type { AppendApp } from '../events/append.ts';
import { chooseSlug, nameTaken } from './choose-slug.ts';
import { findPeople } from '../members/member-store.ts';
import { findDm, findStreamByIdempotencyKey, insertStream } from './stream-store.ts';
import type { NewStream } from './stream-store.ts';

type Input = CreateStream & RequestHeaders;

/** Creates a stream and announces it. `repeated`: the same idempotency key, or the same participants of a DM, created it before. */
export async function createStream(app: AppendApp, caller: UserCaller, input: Input): Promise<{ stream: Stream; repeated: boolean }> {
  return withOutbox(app, caller, async (tx) => {
    const role = await accessMember(tx, caller);
    if (input.streamType === 'dm') return createDm(app, tx, { caller, role }, input.memberIds);
    if (role === 'guest') throw new AppError('forbidden', 'Guests may not create streams.');
    const before = await madeBefore(tx, caller, input);
    if (before) return { stream: before, repeated: true };
    const id = newId('stream', app.clock.now().getTime());
    const stream = await insertStream(
      tx,
      {
        ...blank(app, caller, id),
        streamType: input.streamType,
        name: input.name,
        slug: await chooseSlug(tx, caller, input),
        description: input.description || null,
        visibility: input.visibility,
        severity: input.streamType === 'incident' ? input.severity : null,
        idempotencyKey: input.idempotencyKey ?? null,
      },
      [{ userId: caller.userId, role: 'owner' }],
    );
    if (!stream) throw nameTaken(input);
    await announceStream(app, tx, caller.userId, 'created', { stream, accessIds: [id], isPublic: stream.visibility === 'public' });
    await announceMembership(app, tx, caller.userId, id, [caller.userId]);
    return { stream, repeated: false };
  }).catch(async (error: unknown) => {
    // The conflict may come from a concurrent copy of the same request.
    if (!(error instanceof AppError) || error.code !== 'conflict') throw error;
    const before = await app.db.transaction(caller, (tx) => madeBefore(tx, caller, input));
    if (before) return { stream: before, repeated: true };
    throw error;
  });
}

async function madeBefore(tx: Transaction, caller: UserCaller, { idempotencyKey }: Input): Promise<Stream | undefined> {
  return idempotencyKey === undefined ? undefined : (await findStreamByIdempotencyKey(tx, caller.userId, idempotencyKey))?.stream;
}

/** Default settings of a new stream. */
function blank(app: Pick<AppendApp, 'clock'>, caller: UserCaller, id: string): NewStream {
  return {
    id,
    streamType: 'channel',
    name: null,
    slug: null,
    description: null,
    visibility: 'private',
    severity: null,
    parentStreamId: null,
    branchedFromEventId: null,
    accessIds: [id],
    dmMemberIds: null,
    gen: newGeneration(),
    createdBy: caller.userId,
    idempotencyKey: null,
    createdAt: app.clock.now(),
  };
}

/** Creates or finds a DM, which its participants identify. The first request creates it, later ones get the same. */
async function createDm(
  app: AppendApp,
  tx: OutboxTransaction,
  { caller, role }: { caller: UserCaller; role: WorkspaceRole },
  given: readonly string[],
): Promise<{ stream: Stream; repeated: boolean }> {
  const memberIds = [...new Set<string>([...given, caller.userId])].sort();
  if (memberIds.length > maxDmMembers) throw badMembers(`may be at most ${maxDmMembers} people, the caller too`);
  const before = await findDm(tx, caller.userId, memberIds);
  if (before) return { stream: before.stream, repeated: true };
  const known = new Set((await findPeople(tx, memberIds, role === 'guest' ? caller.userId : undefined)).map(({ id }) => id));
  const unknown = memberIds.filter((id) => !known.has(id));
  if (unknown.length > 0) throw badMembers(`names who is not in the workspace: ${unknown.join(', ')}`);
  const id = newId('stream', app.clock.now().getTime());
  const stream = await insertStream(
    tx,
    { ...blank(app, caller, id), streamType: 'dm', dmMemberIds: memberIds },
    memberIds.map((userId) => ({ userId, role: 'member' })),
  );
  // A concurrent request won; its DM is visible now.
  const made = stream ?? (await findDm(tx, caller.userId, memberIds))?.stream;
  if (!made) throw new AppError('unavailable', 'The DM is being made by someone else at this moment.', { retryAfterSeconds: 1 });
  if (stream) await announceMembership(app, tx, caller.userId, id, memberIds);
  return { stream: made, repeated: !stream };
}

const badMembers = (message: string) =>
  new AppError('invalid_input', `body.memberIds: ${message}`, { errors: [{ path: 'body.memberIds', message }] });
