import type { ReactNode } from 'react';
import type { Mention } from '../../../../contract/event.ts';
import { StreamId } from '../../../../contract/ids.ts';
import classes from './mention-chip.module.css';
import { useNameOf } from '../../workspace/mention-people.ts';
import { PlaceLink } from '../../workspace/place-link.tsx';
import { useListedStream } from '../../workspace/use-stream.ts';
import { useStreamList, useWorkspace } from '../../workspace/workspace-context.ts';

/** A mention in a text: a person, everyone, or a stream. */
export function MentionChip({ mention, written }: { mention: Mention; written: ReactNode }) {
  switch (mention.type) {
    case 'user':
      return <PersonChip mention={mention} />;
    case 'here':
      return (
        <span className={classes.chip} data-mine="true" title="Everyone in this stream">
          @here
        </span>
      );
    case 'stream':
      return <StreamChip mention={mention} written={written} />;
    default: {
      const never: never = mention.type;
      throw new Error(`unknown mention ${String(never)}`);
    }
  }
}

function PersonChip({ mention: { id, label } }: { mention: Mention }) {
  const { me, pageActions } = useWorkspace();
  const nameOf = useNameOf();
  const name = <bdi>{nameOf(id, label)}</bdi>;
  if (id === me.id) {
    return (
      <span className={classes.chip} data-mine="true" title="You">
        @{name}
      </span>
    );
  }
  return (
    <button type="button" className={classes.chip} title={`@${id}: open your direct message`} onClick={() => pageActions.openDm([id])}>
      @{name}
    </button>
  );
}

/** The name of a stream that the reader cannot see stays as it was written. */
function StreamChip({ mention: { id }, written }: { mention: Mention; written: ReactNode }) {
  const { hasMore } = useStreamList();
  const { list } = useWorkspace();
  // The list may not have loaded quiet streams yet. A stream that is missing from the full list is not visible.
  const read = useListedStream(hasMore ? id : null);
  const streamId = StreamId.safeParse(id);
  if (!streamId.success || !(read ?? list.find(id))) return written;
  return (
    <PlaceLink className={classes.chip} to={{ kind: 'stream', streamId: streamId.data }}>
      {written}
    </PlaceLink>
  );
}
