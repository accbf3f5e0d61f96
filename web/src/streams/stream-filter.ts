import type { Stream } from '../../../contract/stream.ts';

/** What a stream is called on the screen. */
export const nameOfStream = (stream: Pick<Stream, 'name' | 'slug'>): string => stream.name ?? stream.slug ?? 'Unnamed stream';

/**
 * The streams whose name or description holds every word of the query; names that begin with it come first. An empty query keeps
 * all, in the order given.
 */
export function filterStreams(streams: readonly Stream[], query: string): Stream[] {
  const words = plain(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...streams];
  const whole = words.join(' ');
  return streams
    .map((stream) => ({
      stream,
      name: plain(nameOfStream(stream)),
      all: plain(`${nameOfStream(stream)} ${stream.slug ?? ''} ${stream.description ?? ''}`),
    }))
    .filter(({ all }) => words.every((word) => all.includes(word)))
    .map(({ stream, name }) => ({ stream, rank: name.startsWith(whole) ? 0 : name.includes(whole) ? 1 : 2 }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ stream }) => stream);
}

/** Without case and accents, and without the # that people type before a channel's name. */
const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/^\s*#/, '').trim();
