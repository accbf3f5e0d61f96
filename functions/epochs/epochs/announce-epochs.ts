import type { Epoch } from '../../../contract/epoch.ts';
import type { EpochsFrame } from '../../../contract/frames.ts';
import { room } from '../../../contract/frames.ts';
import { EpochId, StreamId } from '../../../contract/ids.ts';
import type { OutboxTransaction } from '../../platform/outbox.ts';
import type { EpochDraft } from './epoch.ts';

/** Epochs that one frame names; who has missed more lists them. */
const epochsPerFrame = 15;

/** Tells the room of a stream which of its epochs have changed with a revision, as they are now, and which are no more. */
export function tellEpochs(
  tx: OutboxTransaction,
  streamId: string,
  { rev, epochs, removed = [] }: { rev: number; epochs: readonly Epoch[]; removed?: EpochsFrame['removed'] },
): void {
  const audience = room.stream(tx.workspaceId, streamId);
  const items = epochs.slice(-epochsPerFrame);
  const partial = epochs.length > items.length;
  tx.derive(audience, { op: 'epochs', room: audience, from: rev - 1, rev, items, removed, partial });
}

/** An epoch that was just cut, as it is told: nothing of it is in the index yet, and only a member can have named it. */
export function epochToTell(draft: EpochDraft, streamId: string, rev: number): Epoch {
  return {
    id: EpochId.parse(draft.id),
    streamId: StreamId.parse(streamId),
    status: draft.status,
    barrier: draft.barrier,
    firstSeq: draft.firstSeq,
    lastSeq: draft.lastSeq,
    messageCount: draft.messageCount,
    label: draft.label,
    labelSource: draft.label === null ? null : 'member',
    terms: [],
    snippet: draft.snippet,
    openedAt: draft.openedAt.toISOString(),
    lastEventAt: draft.lastEventAt.toISOString(),
    closedAt: draft.closedAt?.toISOString() ?? null,
    indexed: false,
    rev,
  };
}
