import type { DraftCopies, DraftCopy } from '../../../client/drafts/draft-copy.ts';
import type { LiveDrafts } from '../../../client/drafts/live-drafts.ts';
import { StreamId } from '../../../contract/ids.ts';
import type { TextStore } from '../ui/text-store.ts';

const textPrefix = 'streambed:draft:';
const basePrefix = 'streambed:draft-base:';

interface Owner {
  readonly workspaceId: string;
  readonly userId: string;
}

/** Unsent texts of one member in one workspace: of streams, which follow the member to other devices, and of threads to be started. */
export interface Drafts {
  /** Reads the draft of a stream, or of the event that a thread is to start at. */
  read(place: string): string;
  /** Stores a draft; an empty text removes it. */
  write(place: string, text: string): void;
  /** Notes that the draft was sent. */
  sent(place: string): void;
  /** The text of another device that this one's own is to be chosen over, or not. */
  other(place: string): string | undefined;
  choose(place: string, which: 'own' | 'other'): void;
  streamIds(): readonly string[];
  /** Calls back with each text of a place, and after each conflict; returns a function that stops it. */
  readonly watch: (place: string, listener: (text: string) => void) => () => void;
  readonly subscribe: (listener: () => void) => () => void;
  /** Changes when a stream gets or loses its draft, or a conflict; equal numbers mean the same streams. */
  readonly version: () => number;
  close(): void;
}

/** The copies of drafts in the device's store; `owner` separates several members on one device. */
export function draftCopies(store: TextStore, owner: Owner): DraftCopies {
  const own = (prefix: string) => `${prefix}${owner.workspaceId}:${owner.userId}:`;
  const [text, base] = [own(textPrefix), own(basePrefix)];
  return {
    read: (streamId) => readCopy(store.get(text + streamId), store.get(base + streamId)),
    write: (streamId, copy) => {
      if (copy.text.trim() === '') store.remove(text + streamId);
      else store.set(text + streamId, copy.text);
      store.set(base + streamId, `${copy.revision}${copy.isDirty ? ' changed' : ''}`);
    },
    streamIds: () =>
      store
        .keys()
        .filter((key) => key.startsWith(text) || key.startsWith(base))
        .map((key) => key.slice((key.startsWith(text) ? text : base).length))
        .filter(isStream),
  };
}

function readCopy(text: string | null, base: string | null): DraftCopy | undefined {
  if (text === null && base === null) return undefined;
  const [revision = '0', changed] = (base ?? '0 changed').split(' ');
  return { text: text ?? '', revision: Number(revision) || 0, isDirty: changed !== undefined };
}

const isStream = (place: string): boolean => StreamId.safeParse(place).success;

/** Opens the drafts over those of streams, which are kept alike on all devices, and the store of this device. */
export function openDrafts(live: LiveDrafts, store: TextStore, owner: Owner): Drafts {
  const key = (place: string): string => `${textPrefix}${owner.workspaceId}:${owner.userId}:${place}`;
  const listeners = new Set<() => void>();
  const watchers = new Set<{ readonly place: string; readonly listener: (text: string) => void }>();
  let version = 0;
  const read = (place: string): string => (isStream(place) ? live.read(place).text : (store.get(key(place)) ?? ''));
  const other = (place: string): string | undefined => (isStream(place) ? live.read(place).other?.text : undefined);
  const shownOf = (place: string): string => `${read(place).trim() !== ''} ${other(place) ?? ''}`;
  const shown = new Map(live.streamIds().map((place) => [place, shownOf(place)] as const));
  const changed = (place: string): void => {
    const now = shownOf(place);
    if (now !== (shown.get(place) ?? 'false ')) {
      version += 1;
      for (const listener of listeners) listener();
    }
    shown.set(place, now);
    for (const watcher of watchers) if (watcher.place === place) watcher.listener(read(place));
  };
  const stop = live.subscribe(changed);
  const write = (place: string, text: string): void => {
    if (isStream(place)) return live.edit(place, text);
    if (text.trim() === '') store.remove(key(place));
    else store.set(key(place), text);
    changed(place);
  };
  return {
    read,
    write,
    sent: (place) => (isStream(place) ? live.sent(place) : write(place, '')),
    other,
    choose: (place, which) => live.choose(place, which),
    streamIds: () => live.streamIds(),
    watch: (place, listener) => {
      const watcher = { place, listener };
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    version: () => version,
    close: () => {
      stop();
      live.close();
    },
  };
}
