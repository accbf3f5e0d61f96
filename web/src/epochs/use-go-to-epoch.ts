import { useCallback } from 'react';
import { StreamId } from '../../../contract/ids.ts';
import { noteLeaving } from '../workspace/left-at.ts';
import { writePlace, type StreamPlace } from '../workspace/place.ts';
import { useWorkspace } from '../workspace/workspace-context.ts';

/** A stretch of a stream. */
export interface Stretch {
  readonly streamId: string;
  readonly firstSeq: number;
  readonly lastSeq: number;
}

/** The place of an epoch in its stream. */
export const placeOfEpoch = ({ streamId, firstSeq, lastSeq }: Stretch): StreamPlace => ({
  kind: 'stream',
  streamId: StreamId.parse(streamId),
  at: firstSeq,
  ...(lastSeq > firstSeq && { upTo: lastSeq }),
});

export const addressOfEpoch = (stretch: Stretch): string => writePlace(placeOfEpoch(stretch), '');

/** Goes to where an epoch was talked about; the way back leads to the message that was in view before. */
export function useGoToEpoch(): (stretch: Stretch) => void {
  const { place, go, list } = useWorkspace();
  return useCallback(
    (stretch) => {
      const target = placeOfEpoch(stretch);
      if (place.kind === 'stream') noteLeaving(place.streamId);
      const isHere = place.kind === 'stream' && place.streamId === target.streamId;
      const stream = list.find(target.streamId);
      if (isHere && place.memory && !isNarrow()) go({ ...target, memory: place.memory });
      else if (!isHere && stream?.streamType === 'thread' && stream.parentStreamId !== null) {
        go({ ...target, streamId: stream.parentStreamId, thread: target.streamId });
      } else go(target);
    },
    [place, go, list],
  );
}

/** There the panel covers the stream. */
const isNarrow = (): boolean => matchMedia('(max-width: 47.99em)').matches;
