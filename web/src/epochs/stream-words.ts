import type { Related } from '../../../contract/epoch.ts';

/** The name of an epoch's stream; a description where the stream has none. */
export function streamWords({ streamName, streamType }: Pick<Related, 'streamName' | 'streamType'>): string {
  return streamName ?? (streamType === 'dm' ? 'a direct message' : streamType === 'thread' ? 'a thread' : 'a stream');
}
