import { useCallback, useState } from 'react';
import { problemOf } from '../../../client/errors.ts';
import type { EpochsSnapshot } from '../../../client/epochs/live-epochs.ts';
import type { Problem } from '../../../contract/errors.ts';
import type { Epoch } from '../../../contract/epoch.ts';
import { useWorkspace } from '../workspace/workspace-context.ts';
import { useLive } from '../ui/use-live.ts';

/** The loaded epochs of a stream, kept live. */
export interface EpochList {
  /** Sorted newest first. */
  readonly epochs: readonly Epoch[];
  readonly loading: boolean;
  readonly problem: Problem | undefined;
  /** Older epochs exist. */
  readonly hasMore: boolean;
  /** Loads older epochs, or retries after a failure. */
  readonly more: () => void;
  /** Reads all of them again. */
  readonly reload: () => void;
  /** The last announcement of related epochs to the room. */
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
