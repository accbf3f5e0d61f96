import type { Epoch } from '../../../contract/epoch.ts';
import { room } from '../../../contract/frames.ts';
import type { EpochsFrame } from '../../../contract/frames.ts';
import { EpochId, StreamId } from '../../../contract/ids.ts';
import type { OutboxTransaction } from '../../platform/outbox.ts';
import type { EpochDraft } from './epoch.ts';

/** Epochs in one frame. A client that needs more lists them over HTTP. */
const epochsPerFrame = 15;

/** Sends the changed and removed epochs of a revision to the room of their stream, when the transaction commits. */
export function announceEpochs(
  tx: OutboxTransaction,
  streamId: string,
  { rev, epochs, removed = [] }: { rev: number; epochs: readonly Epoch[]; removed?: EpochsFrame['removed'] },
): void {
  const audience = room.stream(tx.workspaceId, streamId);
  const items = epochs.slice(-epochsPerFrame);
  const partial = epochs.length > items.length;
  tx.derive(audience, { op: 'epochs', room: audience, from: rev - 1, rev, items, removed, partial });
}

/** The epoch of a draft for its frame: not indexed yet, and with no label except a member's. */
export function epochOfDraft(draft: EpochDraft, streamId: string, rev: number): Epoch {
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
