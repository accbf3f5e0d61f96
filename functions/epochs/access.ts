import type { Epoch } from '../../contract/epoch.ts';
import type { UserCaller } from '../platform/authenticate.ts';
import type { Transaction } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import { accessPlainStream } from '../streams/access.ts';
import { findEpoch } from './epoch-store.ts';

/** The stream that an epoch is of, as a caller holds it. */
export type StreamOfEpoch = Awaited<ReturnType<typeof accessPlainStream>>['stream'];

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
