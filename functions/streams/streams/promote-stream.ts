import type { PromoteStream, Stream } from '../../../contract/stream.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import type { Transaction } from '../../platform/database.ts';
import { recordAudit } from '../../platform/audit.ts';
import { AppError } from '../../platform/errors.ts';
import { withAccessChange } from '../../platform/outbox.ts';
import type { AccessApp, AccessTransaction } from '../../platform/outbox.ts';
import { accessStream, requireAllowed, requireMayNarrow, requireMayWiden } from '../access.ts';
import { announceMembership, announceStream } from './announce.ts';
import { append } from '../events/append.ts';
import type { AppendApp } from '../events/append.ts';
import { chooseSlug } from './choose-slug.ts';
import { addMembers, setMemberRole } from '../members/member-store.ts';
import { unfollowHidden } from '../members/unfollow-hidden.ts';
import { withdrawHidden } from '../mentions/notify.ts';
import { cutAccess } from './descendant-store.ts';
import { revokeFormerReaders } from './revoke-readers.ts';
import { findStream, updateSettings } from './stream-store.ts';
import { maySee } from '../stream.ts';
import type { StreamForCaller } from '../stream.ts';

export type PromoteApp = AppendApp & AccessApp;

/**
 * Promotes a thread to a channel or an incident in place: same id, same events, no copied row. Followers become members, the caller becomes
 * its owner. The stream and its former parent get an event; follow-up work updates the root event.
 */
export async function promoteStream(app: PromoteApp, caller: UserCaller, input: PromoteStream & { streamId: string }): Promise<Stream> {
  return withAccessChange(app, caller, async (tx) => {
    const found = await accessPromotable(tx, caller, input);
    const { stream } = found;
    const parent = stream.parentStreamId === null ? undefined : await findStream(tx, caller.userId, stream.parentStreamId);
    if (!parent || !maySee(parent)) throw new AppError('not_found');
    if (input.visibility === 'public') requireMayWiden(parent);
    if (input.visibility === 'private') requireMayNarrow(parent);
    // Followers become members, who have access: only those who can read the thread at this moment.
    await unfollowHidden(app, tx, caller.userId, { streamId: stream.id });
    const settings = {
      streamType: input.streamType,
      name: input.name,
      slug: await chooseSlug(tx, caller, { ...input, streamId: stream.id }),
      ...(input.description !== undefined && { description: input.description || null }),
      severity: input.streamType === 'incident' ? (input.severity ?? 'sev3') : null,
      visibility: input.visibility,
      accessIds: input.visibility === 'inherit' ? [stream.id, ...found.accessIds] : [stream.id],
      promotedAt: app.clock.now(),
      promotedBy: caller.userId,
    };
    if (!(await updateSettings(tx, stream.id, settings, stream.rev)))
      throw new AppError('conflict', 'Its name was taken, or its settings changed, at the same moment. Try again.');
    if (input.visibility !== 'inherit') await cutAccess(tx, stream.id);
    await takeOwnership(app, tx, caller, found);
    const actor = { id: caller.userId, name: found.caller.name };
    const { streamType, name } = input;
    await append(app, tx, stream, actor, { eventType: 'promoted', payload: { streamType, name } });
    await append(app, tx, parent.stream, actor, {
      eventType: 'promoted',
      // Readers of the parent who cannot read the new stream do not learn its name.
      payload: { streamId: stream.id, streamType, ...(input.visibility === 'inherit' && { name }) },
      evenArchived: true,
    });
    const subject = { kind: 'stream', id: stream.id } as const;
    recordAudit(tx, caller, { action: 'stream.promoted', subject, details: { visibility: input.visibility }, at: app.clock.now() });
    if (input.visibility !== 'inherit') await withdrawHidden(app, tx, caller.userId, { streamId: stream.id });
    return announce(app, tx, caller, found, input);
  }).catch(async (error: unknown) => {
    // The conflict may come from a concurrent promotion.
    if (error instanceof AppError && error.code === 'conflict')
      await app.db.transaction(caller, (tx) => accessPromotable(tx, caller, input));
    throw error;
  });
}

async function accessPromotable(
  tx: Transaction,
  caller: UserCaller,
  input: PromoteStream & { streamId: string },
): Promise<StreamForCaller> {
  const seen = await accessStream(tx, caller, input.streamId, 'read');
  const { streamType, promotedAt } = seen.stream;
  if (promotedAt !== null) throw new AppError('already_promoted', `It is a ${streamType} since ${promotedAt}.`);
  if (streamType !== 'thread') throw new AppError('not_a_thread', `It is a ${streamType}.`);
  if (input.severity !== undefined && input.streamType !== 'incident') {
    const message = 'is for incidents';
    throw new AppError('invalid_input', `body.severity: ${message}`, { errors: [{ path: 'body.severity', message }] });
  }
  requireAllowed(seen, 'promote');
  return seen;
}

async function takeOwnership(app: PromoteApp, tx: AccessTransaction, caller: UserCaller, found: StreamForCaller): Promise<void> {
  if (!found.stream.isMember) await addMembers(tx, found.stream.id, [{ userId: caller.userId, role: 'owner' }], app.clock.now());
  else if (found.stream.level !== 'owner') await setMemberRole(tx, found.stream.id, caller.userId, 'owner');
}

async function announce(
  app: PromoteApp,
  tx: AccessTransaction,
  caller: UserCaller,
  found: StreamForCaller,
  { visibility }: PromoteStream,
): Promise<Stream> {
  const { stream } = found;
  await revokeFormerReaders(tx, found, visibility);
  const promoted = await findStream(tx, caller.userId, stream.id);
  if (!promoted) throw new Error(`The stream ${stream.id} is gone`);
  await announceStream(app, tx, caller.userId, 'updated', promoted);
  await announceMembership(app, tx, caller.userId, stream.id, [caller.userId]);
  return promoted.stream;
}
