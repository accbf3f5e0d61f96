import type { Stream } from '../../../contract/stream.ts';
import type { Place } from '../workspace/place.ts';

/** The place of a stream; a thread opens beside its parent. */
export function placeOf({ id, streamType, parentStreamId }: Stream): Place {
  if (streamType === 'thread' && parentStreamId !== null) return { kind: 'stream', streamId: parentStreamId, thread: id };
  return { kind: 'stream', streamId: id };
}
