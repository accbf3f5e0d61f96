import { EventId, StreamId } from '../../../contract/ids.ts';

/** A place in the workspace; the address bar holds it as `?p=...`. */
export type Place =
  | { readonly kind: 'home' }
  | StreamPlace
  /** The notifications of the member. */
  | { readonly kind: 'activity' }
  | SearchPlace
  | { readonly kind: 'unknown'; readonly text: string };

/** `?p=q:<words>`; `&in=memory` searches epochs instead of messages, `&mode=keyword` sets the mode. */
export interface SearchPlace {
  readonly kind: 'search';
  readonly query: string;
  /** Searches epochs in this mode instead of messages; `hybrid` by default. */
  readonly memory?: MemoryMode;
}
export type MemoryMode = 'hybrid' | 'keyword' | 'vector';

/** The tab of the memory panel: related epochs, or the stream's own. */
export type MemoryTab = 'related' | 'timeline';

/** `?p=s:<streamId>`, with a thread beside it `&t=<threadId>`, or memory `&m=related`. */
export interface StreamPlace {
  readonly kind: 'stream';
  readonly streamId: StreamId;
  /** The thread in the panel, or the event of a thread without replies. */
  readonly thread?: StreamId | EventId;
  /** The tab of the memory panel. One panel fits beside the stream, so a thread excludes it. */
  readonly memory?: MemoryTab;
  /** A position to scroll to, in the thread where there is one, otherwise in the stream. */
  readonly at?: number;
  /** The last position to highlight; only with `at`. */
  readonly upTo?: number;
}

export const home: Place = { kind: 'home' };

export const isEventId = (id: string): id is EventId => EventId.safeParse(id).success;

/** Reads the place from the query part of an address. */
export function readPlace(search: string): Place {
  const query = new URLSearchParams(search);
  const text = query.get('p');
  if (text === null || text === '') return home;
  if (text === 'a') return { kind: 'activity' };
  if (text.startsWith('q:')) return readSearchPlace(text.slice(2), query);
  const streamId = StreamId.safeParse(text.startsWith('s:') ? text.slice(2) : undefined);
  if (!streamId.success) return { kind: 'unknown', text };
  const thread = query.get('t') ?? undefined;
  const memory = query.get('m');
  const at = positionIn(query, 'at');
  const upTo = positionIn(query, 'to');
  return {
    kind: 'stream',
    streamId: streamId.data,
    ...(isThread(thread) ? { thread } : isMemoryTab(memory) && { memory }),
    ...(at !== undefined && { at, ...(upTo !== undefined && upTo > at && { upTo }) }),
  };
}

function readSearchPlace(words: string, query: URLSearchParams): SearchPlace {
  if (query.get('in') !== 'memory') return { kind: 'search', query: words };
  const mode = query.get('mode');
  return { kind: 'search', query: words, memory: mode === 'keyword' || mode === 'vector' ? mode : 'hybrid' };
}

function positionIn(query: URLSearchParams, key: string): number | undefined {
  const text = query.get(key) ?? '';
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
}

const isMemoryTab = (text: string | null): text is MemoryTab => text === 'related' || text === 'timeline';

const isThread = (text: string | undefined): text is StreamId | EventId =>
  text !== undefined && (StreamId.safeParse(text).success || isEventId(text));

const ownKeys = ['p', 't', 'm', 'at', 'to', 'in', 'mode'];

/** Writes a place into the query part; other parameters stay. */
export function writePlace(place: Place, search: string): string {
  const query = new URLSearchParams(search);
  for (const key of ownKeys) query.delete(key);
  const all = [query.toString(), ...ownParts(place)].filter((part) => part !== '').join('&');
  return all === '' ? '' : `?${all}`;
}

/** URLSearchParams would write the colon as %3A; a plain colon is legal and easier to read. */
function ownParts(place: Place): string[] {
  switch (place.kind) {
    case 'stream':
      return [
        `p=s:${place.streamId}`,
        place.thread ? `t=${place.thread}` : place.memory ? `m=${place.memory}` : '',
        place.at === undefined ? '' : `at=${place.at}`,
        place.at === undefined || place.upTo === undefined ? '' : `to=${place.upTo}`,
      ];
    case 'activity':
      return ['p=a'];
    case 'search':
      return [
        `p=q:${encodeURIComponent(place.query)}`,
        place.memory ? 'in=memory' : '',
        place.memory === undefined || place.memory === 'hybrid' ? '' : `mode=${place.memory}`,
      ];
    case 'home':
    case 'unknown':
      return [];
    default: {
      const never: never = place;
      throw new Error(`unknown place ${String(never)}`);
    }
  }
}
