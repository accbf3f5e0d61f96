import type { Epoch } from '../../contract/epoch.ts';
import type { EpochsFrame } from '../../contract/frames.ts';
import { room } from '../../contract/frames.ts';
import type { OutboxTransaction } from '../platform/outbox.ts';

/** Tells the room of a stream which of its epochs a member corrected, as they are now. */
export function tellCorrected(
  tx: OutboxTransaction,
  streamId: string,
  { rev, items, removed = [] }: { rev: number; items: Epoch[]; removed?: EpochsFrame['removed'] },
): void {
  const audience = room.stream(tx.workspaceId, streamId);
  tx.derive('epochs-changed', audience, { op: 'epochs', room: audience, from: rev - 1, rev, items, removed, partial: false });
}
