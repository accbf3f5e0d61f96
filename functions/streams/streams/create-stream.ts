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
import { requestHash as hashOf, requireSameBody } from '../../platform/requests/request-hash.ts';
import type { OutboxTransaction } from '../../platform/outbox.ts';
import { accessMember } from '../access.ts';
import { announceMembership, announceStream } from './announce.ts';
import type { AppendApp } from '../events/append.ts';
import { chooseSlug, nameTaken } from './choose-slug.ts';
import { addMembers, findPeople } from '../members/member-store.ts';
import { findDm, findRequestHash, findStreamByIdempotencyKey, insertStream } from './stream-store.ts';
import type { NewStream } from './stream-store.ts';
import { maySee } from '../stream.ts';

type Input = CreateStream & RequestHeaders;

/** Creates a stream and announces it. `repeated`: the same idempotency key, or the same participants of a DM, created it before. */
export async function createStream(app: AppendApp, caller: UserCaller, input: Input): Promise<{ stream: Stream; repeated: boolean }> {
  return withOutbox(app, caller, async (tx) => {
    const role = await accessMember(tx, caller);
    const before = await madeBefore(tx, caller, input);
    if (before) return { stream: before, repeated: true };
    if (input.streamType === 'dm') return createDm(app, tx, { caller, role }, input);
    if (role === 'guest') throw new AppError('forbidden', 'Guests may not create streams.');
    const id = newId('stream', app.clock.now().getTime());
    const stream = await insertStream(
      tx,
      {
        ...blank(app, caller, id),
        ...keyOf(input),
        streamType: input.streamType,
        name: input.name,
        slug: await chooseSlug(tx, caller, input),
        description: input.description || null,
        visibility: input.visibility,
        severity: input.streamType === 'incident' ? input.severity : null,
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

/** Finds the stream that was made with the request's key. Throws `idempotency_mismatch` for another body. */
async function madeBefore(tx: Transaction, caller: UserCaller, input: Input): Promise<Stream | undefined> {
  const { idempotencyKey, requestHash } = keyOf(input);
  if (idempotencyKey === null) return undefined;
  const before = await findStreamByIdempotencyKey(tx, caller.userId, idempotencyKey);
  // The caller may have lost it since.
  if (before && !maySee(before)) throw new AppError('not_found');
  if (before) requireSameBody(await findRequestHash(tx, before.stream.id), requestHash ?? undefined);
  return before?.stream;
}

/** The key of a creation, and the hash of what a repeat must have. */
function keyOf({ idempotencyKey, ifMatch: _match, ...body }: Input): Pick<NewStream, 'idempotencyKey' | 'requestHash'> {
  return idempotencyKey === undefined ? { idempotencyKey: null, requestHash: null } : { idempotencyKey, requestHash: hashOf(body) };
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
  input: Extract<Input, { streamType: 'dm' }>,
): Promise<{ stream: Stream; repeated: boolean }> {
  const memberIds = [...new Set<string>([...input.memberIds, caller.userId])].sort();
  if (memberIds.length > maxDmMembers) throw badMembers(`may be at most ${maxDmMembers} people, the caller too`);
  const before = await findDm(tx, caller.userId, memberIds);
  if (before) return { stream: await reopenDm(app, tx, caller, before.stream, memberIds), repeated: true };
  const known = new Set((await findPeople(tx, memberIds, role === 'guest' ? caller.userId : undefined)).map(({ id }) => id));
  const unknown = memberIds.filter((id) => !known.has(id));
  if (unknown.length > 0) throw badMembers(`names who is not in the workspace: ${unknown.join(', ')}`);
  const id = newId('stream', app.clock.now().getTime());
  const stream = await insertStream(
    tx,
    { ...blank(app, caller, id), ...keyOf(input), streamType: 'dm', dmMemberIds: memberIds },
    memberIds.map((userId) => ({ userId, role: 'member' })),
  );
  // A concurrent request won; its DM is visible now.
  const made = stream ?? (await findDm(tx, caller.userId, memberIds))?.stream;
  if (!made) throw new AppError('unavailable', 'The DM is being made by someone else at this moment.', { retryAfterSeconds: 1 });
  if (stream) await announceMembership(app, tx, caller.userId, id, memberIds);
  return { stream: made, repeated: !stream };
}

/**
 * Brings back participants who were removed from the workspace and restored since. One who is still in the DM has to do that: it holds what
 * the others wrote.
 */
async function reopenDm(
  app: AppendApp,
  tx: OutboxTransaction,
  caller: UserCaller,
  stream: Stream,
  memberIds: readonly string[],
): Promise<Stream> {
  if (!stream.isMember) throw new AppError('not_a_member', 'Ask another participant to open this conversation again.');
  const members = memberIds.map((userId) => ({ userId, role: 'member' as const }));
  const added = (await addMembers(tx, stream.id, members, app.clock.now())).map(({ user }) => user.id);
  if (added.length === 0) return stream;
  await announceMembership(app, tx, caller.userId, stream.id, added);
  return (await findDm(tx, caller.userId, memberIds))?.stream ?? stream;
}

const badMembers = (message: string) =>
  new AppError('invalid_input', `body.memberIds: ${message}`, { errors: [{ path: 'body.memberIds', message }] });
