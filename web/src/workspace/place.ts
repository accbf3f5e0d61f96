import { EventId, StreamId } from '../../../contract/ids.ts';

/** Where in the workspace a person is; the address bar holds it as `?p=...`. */
export type Place =
  | { readonly kind: 'home' }
  | StreamPlace
  /** What concerns the person: mentions and invitations. */
  | { readonly kind: 'activity' }
  | SearchPlace
  | { readonly kind: 'unknown'; readonly text: string };

/** `?p=q:<words>`, for epochs in place of messages `&in=memory`, and how to find them `&mode=keyword`. */
export interface SearchPlace {
  readonly kind: 'search';
  readonly query: string;
  /** Among epochs; by words and by meaning unless only one of them is wanted. */
  readonly memory?: MemoryMode;
}
export type MemoryMode = 'hybrid' | 'keyword' | 'vector';

/** Which side of memory stands beside a stream: what it is related to, or its epochs. */
export type MemoryTab = 'related' | 'timeline';

/** `?p=s:<streamId>`, with a thread beside it `&t=<threadId>`, or memory `&m=related`. */
export interface StreamPlace {
  readonly kind: 'stream';
  readonly streamId: StreamId;
  /** The thread in the panel; the event it would branch from, where nobody has replied yet. */
  readonly thread?: StreamId | EventId;
  /** There is room for one beside the stream: a thread goes before. */
  readonly memory?: MemoryTab;
  /** A position to be brought into view: of the thread where there is one, otherwise of the stream. */
  readonly at?: number;
  /** How far what is brought into view goes; only with `at`. */
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

/** The query part for a place; whatever else stood there stays. */
export function writePlace(place: Place, search: string): string {
  const query = new URLSearchParams(search);
  for (const key of ownKeys) query.delete(key);
  const all = [query.toString(), ...ownParts(place)].filter((part) => part !== '').join('&');
  return all === '' ? '' : `?${all}`;
}

/** URLSearchParams would write the colon as %3A; it is legal here, and people read these addresses. */
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
