import type { TextStore } from '../ui/text-store.ts';

const prefix = 'streambed:draft:';

/** Unsent texts, one per stream, of one member in one workspace. */
export interface Drafts {
  read(streamId: string): string;
  /** Stores a draft; an empty text removes it. */
  write(streamId: string, text: string): void;
  streamIds(): string[];
  /** Calls back with each text that is written for a stream; returns a function that stops it. */
  readonly watch: (streamId: string, listener: (text: string) => void) => () => void;
  readonly subscribe: (listener: () => void) => () => void;
  /** Changes when a stream gets or loses its draft; equal numbers mean the same streams. */
  readonly version: () => number;
}

/** Opens the drafts; `owner` separates several members on one device. */
export function openDrafts(store: TextStore, owner: { workspaceId: string; userId: string }): Drafts {
  const own = `${prefix}${owner.workspaceId}:${owner.userId}:`;
  const listeners = new Set<() => void>();
  const watchers = new Set<{ readonly streamId: string; readonly listener: (text: string) => void }>();
  let version = 0;
  const changed = (): void => {
    version += 1;
    for (const listener of listeners) listener();
  };
  return {
    read: (streamId) => store.get(own + streamId) ?? '',
    write: (streamId, text) => {
      const had = store.get(own + streamId) !== null;
      const has = text.trim() !== '';
      if (has) store.set(own + streamId, text);
      else store.remove(own + streamId);
      if (had !== has) changed();
      for (const watcher of watchers) if (watcher.streamId === streamId) watcher.listener(text);
    },
    streamIds: () =>
      store
        .keys()
        .filter((key) => key.startsWith(own))
        .map((key) => key.slice(own.length)),
    watch: (streamId, listener) => {
      const watcher = { streamId, listener };
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    version: () => version,
  };
}
