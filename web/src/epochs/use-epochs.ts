import { useCallback } from 'react';
import type { Problem } from '../../../contract/errors.ts';
import type { Epoch } from '../../../contract/epoch.ts';
import { useWorkspace } from '../streams/workspace-context.ts';
import { usePages } from '../ui/use-pages.ts';

/** The epochs of a stream as far as they were read. */
export interface EpochsNow {
  /** In no order. */
  readonly epochs: readonly Epoch[];
  readonly loading: boolean;
  readonly problem: Problem | undefined;
  /** Whether there are older ones. */
  readonly hasMore: boolean;
  /** Reads older ones, or tries again what failed. */
  readonly more: () => void;
  /** Reads the newest ones again. */
  readonly reload: () => void;
}

export function useEpochs(streamId: string): EpochsNow {
  const { streambed, workspaceId } = useWorkspace();
  const load = useCallback(
    (cursor: string | undefined, signal: AbortSignal) =>
      streambed.workspace(workspaceId).memory.epochs(streamId, { cursor, limit: 50 }, { signal }),
    [streambed, workspaceId, streamId],
  );
  const { items, ...pages } = usePages(load);
  return { epochs: items, ...pages };
}
