import type { AccessTransaction } from '../../platform/outbox.ts';
import { listRoomsFrom } from './descendant-store.ts';
import { listPersonalAudience } from './room-store.ts';
import type { StreamForCaller } from '../stream.ts';

/**
 * Ends the subscriptions of readers whom a stream loses with its new visibility, in its room and in the rooms that inherit its readers.
 * A private stream ends all of them: members subscribe again, which checks access. A public one loses the guests who read it by a stream
 * above it.
 */
export async function revokeFormerReaders(
  tx: AccessTransaction,
  { stream, accessIds }: Pick<StreamForCaller, 'stream' | 'accessIds'>,
  visibility: string,
): Promise<void> {
  if (visibility === 'inherit') return;
  const former = visibility === 'private' ? null : await listPersonalAudience(tx, accessIds, true);
  if (former?.length === 0) return;
  tx.revoke(await listRoomsFrom(tx, stream.id), former);
}
