import { useCallback } from 'react';
import { StreamId } from '../../../contract/ids.ts';
import { saveLeftAt } from '../workspace/left-at.ts';
import { writePlace, type StreamPlace } from '../workspace/place.ts';
import { useWorkspace } from '../workspace/workspace-context.ts';

/** A range of positions in a stream. */
export interface EpochRange {
  readonly streamId: string;
  readonly firstSeq: number;
  readonly lastSeq: number;
}

/** The place of an epoch in its stream. */
export const placeOfEpoch = ({ streamId, firstSeq, lastSeq }: EpochRange): StreamPlace => ({
  kind: 'stream',
  streamId: StreamId.parse(streamId),
  at: firstSeq,
  ...(lastSeq > firstSeq && { upTo: lastSeq }),
});

export const addressOfEpoch = (range: EpochRange): string => writePlace(placeOfEpoch(range), '');

/** Goes to the beginning of an epoch; Back returns to the message that was in view. */
export function useGoToEpoch(): (range: EpochRange) => void {
  const { place, go, list } = useWorkspace();
  return useCallback(
    (range) => {
      const target = placeOfEpoch(range);
      if (place.kind === 'stream') saveLeftAt(place.streamId);
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

/** On narrow screens the panel covers the stream, so it closes. */
const isNarrow = (): boolean => matchMedia('(max-width: 47.99em)').matches;
