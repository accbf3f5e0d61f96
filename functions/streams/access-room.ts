import { parseCid } from '../../contract/kit.ts';
import type { StreamAction } from '../../contract/policy.ts';
import type { UserCaller } from '../platform/authenticate.ts';
import type { Transaction } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import { accessPlainStream } from './access.ts';
import type { PlainStream, StreamForCaller } from './stream.ts';
import { findStreamsBySlug } from './streams/stream-store.ts';

/**
 * Finds the stream of a kit room and checks the action. A room that the caller may not read is refused like one that does not exist: 403, as
 * the kit expects. Throws `forbidden`.
 */
export async function accessRoom(
  tx: Transaction,
  caller: UserCaller,
  cid: string,
  action: StreamAction,
): Promise<StreamForCaller<PlainStream>> {
  const streamId = await findStreamId(tx, caller, cid);
  if (streamId === undefined) throw noSuchRoom();
  return accessPlainStream(tx, caller, streamId, action).catch((error: unknown) => {
    throw error instanceof AppError && error.code === 'not_found' ? noSuchRoom() : error;
  });
}

async function findStreamId(tx: Transaction, caller: UserCaller, cid: string): Promise<string | undefined> {
  const parsed = parseCid(cid);
  if (parsed?.kind !== 'slug') return parsed?.streamId;
  const found = await findStreamsBySlug(tx, caller.userId, parsed.slug);
  return found.find(({ streamType }) => streamType === parsed.type)?.id;
}

const noSuchRoom = (): AppError => new AppError('forbidden', 'The room does not exist, or it is not open to you.');
