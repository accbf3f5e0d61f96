import { useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import type { LiveSnapshot } from '../../../client/stream/live-stream.ts';
import type { Epoch } from '../../../contract/epoch.ts';
import { StreamId } from '../../../contract/ids.ts';
import { noticeOf } from '../workspace/stream-actions.ts';
import { useWorkspace } from '../workspace/workspace-context.ts';
import { mergeEpoch, splitEpoch } from './correct-epochs.ts';
import { epochAt, startsOf, type EpochStart, type OwnBarrier } from './epoch-starts.ts';
import type { EpochActions } from './epoch-actions.ts';
import { useEpochs, type EpochList } from './use-epochs.ts';

/** The epochs of a stream for its conversation. */
export interface Topics {
  /** The starts of epochs, oldest first. */
  readonly starts: readonly EpochStart[];
  readonly actions: EpochActions;
  /** The epoch in the rename dialog. */
  readonly renaming: Epoch | undefined;
  readonly closeRename: () => void;
  /** Reads the epochs again after an own change. */
  readonly reload: () => void;
  /** Runs `/new`: begins an epoch at the next message. Rejects with StreambedError. */
  readonly beginEpoch: (label: string | undefined) => Promise<void>;
}

export function useTopics(streamId: string, { events }: Pick<LiveSnapshot, 'events'>): Topics {
  const now = useEpochs(streamId);
  const { epochs, hasMore, reload } = now;
  useReachBack(now, events[0]?.seq);
  const { own, beginEpoch } = useBarrier(streamId, epochs);
  const starts = useMemo(() => startsOf(epochs, hasMore, own), [epochs, hasMore, own]);
  const [renaming, setRenaming] = useState<Epoch>();
  const actions = useEpochActions(streamId, now, setRenaming);
  return { starts, actions, renaming, closeRename: () => setRenaming(undefined), reload, beginEpoch };
}

/** Loads older epochs until they cover the loaded messages. */
function useReachBack({ epochs, hasMore, loading, problem, more }: EpochList, firstSeq: number | undefined): void {
  const oldest = Math.min(...epochs.map((epoch) => epoch.firstSeq));
  const isShort = firstSeq !== undefined && firstSeq < oldest && hasMore && !loading && !problem;
  const reach = useEffectEvent(more);
  useEffect(() => {
    if (isShort) reach();
  }, [isShort]);
}

/** Shows an own `/new` until its epoch arrives. */
function useBarrier(streamId: string, epochs: readonly Epoch[]) {
  const { streambed, workspaceId } = useWorkspace();
  const [own, setOwn] = useState<OwnBarrier>();
  // Later changes, such as a merge, show in the epochs alone.
  if (own && epochs.some(({ firstSeq }) => firstSeq > own.afterSeq)) setOwn(undefined);
  const beginEpoch = async (label: string | undefined): Promise<void> => {
    const { afterSeq } = await streambed.workspace(workspaceId).memory.setBarrier(streamId, label === undefined ? {} : { label });
    setOwn({ afterSeq, label });
  };
  return { own, beginEpoch };
}

function useEpochActions(streamId: string, now: EpochList, rename: (epoch: Epoch) => void): EpochActions {
  const { streambed, workspaceId, tell, go } = useWorkspace();
  const latest = useRef(now);
  useEffect(() => {
    latest.current = now;
  });
  return useMemo((): EpochActions => {
    const { memory } = streambed.workspace(workspaceId);
    const correction = { memory, tell, reload: () => latest.current.reload() };
    const attempt = (action: Promise<void>): void =>
      void action.catch((error: unknown) => {
        // The usual cause is a faster change by another member, which shows after the reload.
        latest.current.reload();
        tell(noticeOf(error));
      });
    const around = (seq: number): Epoch | undefined => epochAt(latest.current.epochs, seq);
    return {
      rename,
      merge: (epoch) => attempt(mergeEpoch(epoch, correction)),
      canSplitAt: ({ seq }) => (around(seq)?.firstSeq ?? seq) < seq,
      splitAt: ({ id, seq }) => {
        const epoch = around(seq);
        if (epoch) attempt(splitEpoch(epoch, id, correction));
      },
      showTimeline: () => go({ kind: 'stream', streamId: StreamId.parse(streamId), memory: 'timeline' }),
    };
  }, [streambed, workspaceId, tell, go, streamId, rename]);
}
