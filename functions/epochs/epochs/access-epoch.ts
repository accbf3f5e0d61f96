import type { Epoch } from '../../../contract/epoch.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import type { Transaction } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';
import { accessPlainStream } from '../../streams/access.ts';
import { findEpoch, incrementRev } from './epoch-store.ts';

type StreamOfEpoch = Awaited<ReturnType<typeof accessPlainStream>>['stream'];

/** Checks the caller's access to an epoch by its stream. Throws `not_found` for an epoch of a stream that the caller may not see. */
export async function accessEpoch(
  tx: Transaction,
  caller: UserCaller,
  epochId: string,
  action: 'read' | 'curate',
): Promise<{ epoch: Epoch; stream: StreamOfEpoch }> {
  const epoch = await findEpoch(tx, epochId);
  if (!epoch) throw new AppError('not_found');
  const { stream } = await accessPlainStream(tx, caller, epoch.streamId, action);
  return { epoch, stream };
}

/**
 * Locks an epoch for a correction: no other transaction changes the epochs of its stream until this one ends. `rev` is the revision of the
 * correction. Throws `precondition_failed` when the epoch is not at revision `ifMatch`.
 */
export async function lockEpoch(
  tx: Transaction,
  caller: UserCaller,
  { epochId, ifMatch }: { epochId: string; ifMatch?: number | undefined },
): Promise<{ epoch: Epoch; rev: number }> {
  const { stream } = await accessEpoch(tx, caller, epochId, 'curate');
  const rev = await incrementRev(tx, stream.id);
  // Another correction may have removed or changed the epoch before the lock was taken.
  const epoch = await findEpoch(tx, epochId);
  if (!epoch) throw new AppError('not_found');
  if (ifMatch !== undefined && ifMatch !== epoch.rev) throw new AppError('precondition_failed', `It is at revision ${epoch.rev} now.`);
  return { epoch, rev };
}
