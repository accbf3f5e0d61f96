import { useCallback, useSyncExternalStore } from 'react';

/** A store of `client/` that changes by itself. */
interface Live<Snapshot> {
  getSnapshot(): Snapshot;
  subscribe(listener: () => void): () => void;
}

/** The current snapshot; renders again when it changes. */
export function useLive<Snapshot>(live: Live<Snapshot>): Snapshot {
  const subscribe = useCallback((listener: () => void) => live.subscribe(listener), [live]);
  return useSyncExternalStore(subscribe, () => live.getSnapshot());
}
