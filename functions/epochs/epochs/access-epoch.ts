import type { Epoch } from '../../../contract/epoch.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import type { Transaction } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';
import { accessPlainStream } from '../../streams/access.ts';
import { takeRev } from '../correcting/correction-store.ts';
import { findEpoch } from './epoch-store.ts';

type StreamOfEpoch = Awaited<ReturnType<typeof accessPlainStream>>['stream'];

/** The only way to hold an epoch for a caller: by its stream. Of what they may not see, there are no epochs. */
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
 * An epoch that is about to be corrected, as it is: until the transaction ends nobody else changes the epochs of its stream. What is done
 * to it is of revision `rev`.
 */
export async function holdEpoch(
  tx: Transaction,
  caller: UserCaller,
  { epochId, ifMatch }: { epochId: string; ifMatch?: number | undefined },
): Promise<{ epoch: Epoch; rev: number }> {
  const { stream } = await accessEpoch(tx, caller, epochId, 'curate');
  const rev = await takeRev(tx, stream.id);
  // It may have been merged away, or grown, before it was held.
  const epoch = await findEpoch(tx, epochId);
  if (!epoch) throw new AppError('not_found');
  if (ifMatch !== undefined && ifMatch !== epoch.rev) throw new AppError('precondition_failed', `It is at revision ${epoch.rev} now.`);
  return { epoch, rev };
}
