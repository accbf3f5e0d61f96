import { StreamId } from '../../../contract/ids.ts';

/** Where in the workspace a person is; the address bar holds it as `?p=s:<streamId>`. */
export type Place =
  | { readonly kind: 'home' }
  | { readonly kind: 'stream'; readonly streamId: StreamId }
  | { readonly kind: 'unknown'; readonly text: string };

export const home: Place = { kind: 'home' };

/** Reads the place from the query part of an address. */
export function readPlace(search: string): Place {
  const text = new URLSearchParams(search).get('p');
  if (text === null || text === '') return home;
  const streamId = StreamId.safeParse(text.startsWith('s:') ? text.slice(2) : undefined);
  return streamId.success ? { kind: 'stream', streamId: streamId.data } : { kind: 'unknown', text };
}

/** The query part for a place; whatever else stood there stays. */
export function writePlace(place: Place, search: string): string {
  const query = new URLSearchParams(search);
  query.delete('p');
  const rest = query.toString();
  // URLSearchParams would write the colon as %3A; it is legal here, and people read these addresses.
  const own = place.kind === 'stream' ? `p=s:${place.streamId}` : '';
  const all = [rest, own].filter((part) => part !== '').join('&');
  return all === '' ? '' : `?${all}`;
}
