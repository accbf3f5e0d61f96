import { useCallback, useEffect, useState } from 'react';
import { useRequest } from '../ui/use-request.ts';
import { useStreamList, useWorkspace } from './workspace-context.ts';

/** So many streams are read by themselves; what lies further back is found by its name, or shown when asked for. */
const enough = 500;
/** Between one page and the next, so that what people do comes first; in milliseconds. */
const pauseMs = 400;
/** Delay between the last key stroke and the search, in milliseconds. */
const searchPauseMs = 150;

/**
 * Reads on behind the first page of streams: one may be in a quiet stream that does not stand there. Says how to read more than that, where
 * there is more.
 */
export function useMoreStreams(): (() => void) | undefined {
  const { list } = useWorkspace();
  const { streams, state, hasMore, loadingMore } = useStreamList();
  // What has failed is not tried again and again: from then on a person has to ask for it.
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

/** Looks on the server for streams with such a name, while not all of them are known here. What it finds joins the list. */
export function useNamedStreams(query: string): void {
  const { streambed, workspaceId, list } = useWorkspace();
  const { hasMore } = useStreamList();
  const q = query.trim().replace(/^#/, '').slice(0, 80);
  const load = useCallback(
    async (signal: AbortSignal) => {
      const { items } = await streambed.workspace(workspaceId).streams.list({ q, limit: 20 }, { signal });
      for (const stream of items) list.put(stream);
    },
    [q, streambed, workspaceId, list],
  );
  // Without an answer the streams that are known here have to do.
  useRequest(hasMore && q !== '' ? load : undefined, { pauseMs: searchPauseMs });
}
