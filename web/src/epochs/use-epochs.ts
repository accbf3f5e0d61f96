import { useCallback, useState } from 'react';
import { problemOf } from '../../../client/errors.ts';
import type { EpochsSnapshot } from '../../../client/epochs/live-epochs.ts';
import type { Problem } from '../../../contract/errors.ts';
import type { Epoch } from '../../../contract/epoch.ts';
import { useWorkspace } from '../workspace/workspace-context.ts';
import { useLive } from '../ui/use-live.ts';

/** The epochs of a stream as far as they were read, kept live. */
export interface EpochList {
  /** Newest first. */
  readonly epochs: readonly Epoch[];
  readonly loading: boolean;
  readonly problem: Problem | undefined;
  /** Whether there are older ones. */
  readonly hasMore: boolean;
  /** Reads older ones, or tries again what failed. */
  readonly more: () => void;
  /** Reads all of them again. */
  readonly reload: () => void;
  /** What everybody in the stream was announced last that it is related to. */
  readonly announced: EpochsSnapshot['related'];
}

export function useEpochs(streamId: string): EpochList {
  const { openEpochs } = useWorkspace();
  const [live] = useState(() => openEpochs.use(streamId));
  const { epochs, hasOlder, loading, loadingOlder, problem, related } = useLive(live);
  const [failed, setFailed] = useState<Problem>();
  const reload = useCallback(() => live.refresh(), [live]);
  const more = useCallback(() => {
    setFailed(undefined);
    if (live.getSnapshot().problem) live.refresh();
    else live.loadOlder().catch((error: unknown) => setFailed(problemOf(error)));
  }, [live]);
  return { epochs, loading: loading || loadingOlder, problem: problem ?? failed, hasMore: hasOlder, more, reload, announced: related };
}
