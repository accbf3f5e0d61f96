import type { LiveSnapshot } from '../../../client/stream/live-stream.ts';
import type { StreamId } from '../../../contract/ids.ts';
import type { Stream } from '../../../contract/stream.ts';

/** The reason why nothing of a stream may be shown: it was never visible here, or access ended while it was open. */
export type Loss = 'missing' | 'lost';

/**
 * Returns the loss of a live stream. Its snapshot keeps the loaded events, which must leave the screen. `wasShown`: the page has shown the
 * stream, maybe from a live stream before this one.
 */
export function lossOf({ problem }: Pick<LiveSnapshot, 'problem'>, wasShown: boolean): Loss | undefined {
  if (problem?.code !== 'not_found') return undefined;
  return wasShown ? 'lost' : 'missing';
}

/**
 * Returns the loss of a thread beside a stream. A thread takes its readers from that stream, and its own room may be told later. `thread`: as
 * far as the list still has it.
 */
export function threadLossOf(own: Loss | undefined, beside: { streamId: StreamId; loss: Loss | undefined }, thread: Stream | undefined) {
  if (own !== undefined || beside.loss === undefined) return own;
  const hasOtherReaders = thread !== undefined && (thread.visibility !== 'inherit' || thread.parentStreamId !== beside.streamId);
  return hasOtherReaders ? undefined : beside.loss;
}

interface LossWords {
  readonly title: string;
  readonly says: string;
}

const words: Readonly<Record<'stream' | 'thread', Readonly<Record<Loss, LossWords>>>> = {
  stream: {
    lost: {
      title: 'You no longer have access',
      says: 'You were removed from this stream, or it was made private. One of its members can add you again.',
    },
    missing: {
      title: 'This stream cannot be shown',
      says: 'It does not exist, or it is private and you are not one of its members.',
    },
  },
  thread: {
    lost: { title: 'You no longer have access', says: 'You can no longer read the stream that this thread belongs to.' },
    missing: { title: 'This thread cannot be shown', says: 'It does not exist, or you may not see it.' },
  },
};

export const lossWords = (of: 'stream' | 'thread', loss: Loss): LossWords => words[of][loss];
