import { EventId, StreamId } from '../../../contract/ids.ts';

/** Where in the workspace a person is; the address bar holds it as `?p=...`. */
export type Place =
  | { readonly kind: 'home' }
  | StreamPlace
  /** What concerns the person: mentions and invitations. */
  | { readonly kind: 'activity' }
  | { readonly kind: 'search'; readonly query: string }
  | { readonly kind: 'unknown'; readonly text: string };

/** `?p=s:<streamId>`, with a thread beside it `&t=<threadId>`. */
export interface StreamPlace {
  readonly kind: 'stream';
  readonly streamId: StreamId;
  /** The thread in the panel; the event it would branch from, where nobody has replied yet. */
  readonly thread?: StreamId | EventId;
  /** A position to be brought into view: of the thread where there is one, otherwise of the stream. */
  readonly at?: number;
}

export const home: Place = { kind: 'home' };

export const isEventId = (id: string): id is EventId => EventId.safeParse(id).success;

/** Reads the place from the query part of an address. */
export function readPlace(search: string): Place {
  const query = new URLSearchParams(search);
  const text = query.get('p');
  if (text === null || text === '') return home;
  if (text === 'a') return { kind: 'activity' };
  if (text.startsWith('q:')) return { kind: 'search', query: text.slice(2) };
  const streamId = StreamId.safeParse(text.startsWith('s:') ? text.slice(2) : undefined);
  if (!streamId.success) return { kind: 'unknown', text };
  const thread = query.get('t') ?? undefined;
  const at = query.get('at') ?? '';
  return {
    kind: 'stream',
    streamId: streamId.data,
    ...(isThread(thread) && { thread }),
    ...(/^[1-9]\d{0,14}$/.test(at) && { at: Number(at) }),
  };
}

const isThread = (text: string | undefined): text is StreamId | EventId =>
  text !== undefined && (StreamId.safeParse(text).success || isEventId(text));

const ownKeys = ['p', 't', 'at'];

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
      return [`p=s:${place.streamId}`, place.thread ? `t=${place.thread}` : '', place.at === undefined ? '' : `at=${place.at}`];
    case 'activity':
      return ['p=a'];
    case 'search':
      return [`p=q:${encodeURIComponent(place.query)}`];
    case 'home':
    case 'unknown':
      return [];
    default: {
      const never: never = place;
      throw new Error(`unknown place ${String(never)}`);
    }
  }
}
