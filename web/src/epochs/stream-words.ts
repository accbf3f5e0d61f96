import type { Related } from '../../../contract/epoch.ts';

/** Where an epoch is, for who may have no name for it. */
export function streamWords({ streamName, streamType }: Pick<Related, 'streamName' | 'streamType'>): string {
  return streamName ?? (streamType === 'dm' ? 'a direct message' : streamType === 'thread' ? 'a thread' : 'a stream');
}
