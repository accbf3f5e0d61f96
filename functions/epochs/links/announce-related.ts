import { room } from '../../../contract/frames.ts';
import { EpochId } from '../../../contract/ids.ts';
import type { OutboxTransaction } from '../../platform/outbox.ts';
import { listRelatedForRoom } from './link-store.ts';

/** The related epochs that the panel shows. */
const relatedPerFrame = 5;

/** Sends the related epochs of an epoch to the room of its stream: only those that every reader of the stream may see. */
export async function announceRelated(tx: OutboxTransaction, streamId: string, epochId: string): Promise<void> {
  const name = room.stream(tx.workspaceId, streamId);
  const items = await listRelatedForRoom(tx, epochId, relatedPerFrame);
  tx.derive(name, { op: 'related', room: name, epochId: EpochId.parse(epochId), items });
}
