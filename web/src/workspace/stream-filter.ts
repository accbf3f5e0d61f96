import type { Stream } from '../../../contract/stream.ts';

type StreamNameParts = Pick<Stream, 'name' | 'slug' | 'streamType' | 'participants'>;

/** The display name of a stream; a DM has the names of its other members. */
export function nameOfStream({ name, slug, streamType, participants }: StreamNameParts, me?: string): string {
  if (name !== null) return name;
  if (streamType === 'thread') return 'Thread';
  if (!participants) return slug ?? 'Unnamed stream';
  const others = participants.filter(({ id }) => id !== me);
  return others.length === 0 ? 'Notes to yourself' : others.map((person) => person.name).join(', ');
}

/**
 * Streams whose name or description has every word of the query; names that begin with it come first. An empty query keeps all, in the
 * given order.
 */
export function filterStreams(streams: readonly Stream[], query: string, me?: string): Stream[] {
  const words = plain(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...streams];
  const whole = words.join(' ');
  return streams
    .map((stream) => ({
      stream,
      name: plain(nameOfStream(stream, me)),
      all: plain(`${nameOfStream(stream, me)} ${stream.slug ?? ''} ${stream.description ?? ''}`),
    }))
    .filter(({ all }) => words.every((word) => all.includes(word)))
    .map(({ stream, name }) => ({ stream, rank: name.startsWith(whole) ? 0 : name.includes(whole) ? 1 : 2 }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ stream }) => stream);
}

/** Removes case and accents, and the # that people type before a channel's name. */
const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/^\s*#/, '').trim();
