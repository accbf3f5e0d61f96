import { useCallback, useSyncExternalStore } from 'react';

/** Something of `client/` that changes by itself. */
interface Live<Snapshot> {
  getSnapshot(): Snapshot;
  subscribe(listener: () => void): () => void;
}

/** The snapshot as it is now; draws again when it changes. */
export function useLive<Snapshot>(live: Live<Snapshot>): Snapshot {
  const subscribe = useCallback((listener: () => void) => live.subscribe(listener), [live]);
  return useSyncExternalStore(subscribe, () => live.getSnapshot());
}
