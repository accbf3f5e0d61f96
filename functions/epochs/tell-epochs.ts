import type { Epoch } from '../../contract/epoch.ts';
import { EpochId, StreamId } from '../../contract/ids.ts';
import type { EpochDraft } from './epoch.ts';

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
