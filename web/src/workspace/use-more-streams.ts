import { useCallback, useEffect, useState } from 'react';
import { useRequest } from '../ui/use-request.ts';
import { useStreamList, useWorkspace } from './workspace-context.ts';

/** Limit of streams that load by themselves; older ones are found by name, or load on demand. */
const enough = 500;
/** Delay between pages, so that requests of the user come first; in milliseconds. */
const pauseMs = 400;
/** Delay between the last key stroke and the search, in milliseconds. */
const searchPauseMs = 150;

/**
 * Loads the pages of streams after the first, because the member's own streams may be among the quiet ones. Returns a function that loads
 * further pages, where there are any.
 */
export function useMoreStreams(): (() => void) | undefined {
  const { list } = useWorkspace();
  const { streams, state, hasMore, loadingMore } = useStreamList();
  // After a failure only the user starts the next attempt.
  const [hasFailed, setFailed] = useState(false);
  const isOurs = streams.length < enough && !hasFailed;
  const isWanted = state === 'live' && hasMore && !loadingMore && isOurs;
  const read = useCallback(() => void list.loadMore().catch(() => setFailed(true)), [list]);
  useEffect(() => {
    if (!isWanted) return;
    const timer = setTimeout(read, pauseMs);
    return () => clearTimeout(timer);
  }, [read, isWanted]);
  return hasMore && !isOurs ? read : undefined;
}

/** Searches the server for streams by name while the list is incomplete. Results join the list. */
export function useNamedStreams(query: string): void {
  const { streambed, workspaceId, list } = useWorkspace();
  const { hasMore } = useStreamList();
  const q = query.trim().replace(/^#/, '').slice(0, 80);
  const load = useCallback(
    async (signal: AbortSignal) => {
      const page = streambed.workspace(workspaceId).streams.list({ q, limit: 20 }, { signal });
      await list.put(page.then(({ items }) => items));
    },
    [q, streambed, workspaceId, list],
  );
  // Without an answer the known streams have to do.
  useRequest(hasMore && q !== '' ? load : undefined, { pauseMs: searchPauseMs });
}
