import type { Stream } from '../../../contract/stream.ts';
import { recordAudit } from '../../platform/audit.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { AppError } from '../../platform/errors.ts';
import { withOutbox } from '../../platform/outbox.ts';
import type { OutboxTransaction } from '../../platform/outbox.ts';
import { append } from '../events/append.ts';
import type { AppendApp } from '../events/append.ts';
import { addMembers, setMemberRole } from '../members/member-store.ts';
import { announceInherited, announceMembership } from '../streams/announce.ts';
import { findStream } from '../streams/stream-store.ts';
import { maySee } from '../stream.ts';
import type { StreamForCaller } from '../stream.ts';
import { findOwnership } from './ownerless-store.ts';

/**
 * Makes an owner of the workspace the owner of a private stream that lost its last one. The stream's log and the audit log say so. A stream
 * that the caller cannot see and that has an owner does not exist for them.
 */
export async function recoverStream(app: AppendApp, caller: UserCaller, input: { streamId: string }): Promise<Stream> {
  return withOutbox(app, caller, async (tx) => {
    const found = await accessOwnerless(tx, caller, input.streamId);
    const { id } = found.stream;
    const actor = { id: caller.userId, name: found.caller.name };
    const payload = { kind: 'recovered', userId: caller.userId };
    await append(app, tx, found.stream, actor, { eventType: 'system', payload, evenArchived: true });
    // The append locked the stream's row: of two owners who recover it at once, the second finds the first here.
    await accessOwnerless(tx, caller, id);
    const added = await addMembers(tx, id, [{ userId: caller.userId, role: 'owner' }], app.clock.now());
    if (added.length === 0) await setMemberRole(tx, id, caller.userId, 'owner');
    const details = { from: found.stream.role, role: 'owner' };
    recordAudit(tx, caller, { action: 'stream.recovered', subject: { kind: 'stream', id }, details, at: app.clock.now() });
    await announceMembership(app, tx, caller.userId, id, [caller.userId]);
    await announceInherited(app, tx, caller.userId, id, [caller.userId]);
    const recovered = await findStream(tx, caller.userId, id);
    if (!recovered) throw new Error(`The stream ${id} is gone`);
    return recovered.stream;
  });
}

/** Finds a stream without an owner for an owner of the workspace. */
async function accessOwnerless(tx: OutboxTransaction, caller: UserCaller, streamId: string): Promise<StreamForCaller> {
  const found = await findStream(tx, caller.userId, streamId);
  const ownership = await findOwnership(tx, streamId);
  if (!found || !ownership) throw new AppError('not_found');
  const isOwner = found.caller.workspaceRole === 'owner';
  const isOwnerless = ownership.isRecoverable && !ownership.hasOwner;
  if (!maySee(found) && !(isOwner && isOwnerless)) throw new AppError('not_found');
  if (!isOwner) throw new AppError('forbidden', 'Owners of the workspace recover streams.');
  if (!ownership.isRecoverable)
    throw new AppError('wrong_stream_type', 'Private streams are recovered. Others have no owner, or can be managed without one.');
  if (ownership.hasOwner) throw new AppError('has_owner', 'Ask its owner.');
  return found;
}
