import type { ReactNode } from 'react';
import { SearchX } from 'lucide-react';
import { MemoryPanel } from '../epochs/memory-panel.tsx';
import { Empty } from '../ui/empty.tsx';
import { isSignedOut, sentenceOf } from '../ui/problem-words.ts';
import { bannerOf, type Banner } from '../workspace/connection.ts';
import { ConnectionBanner } from '../workspace/connection-banner.tsx';
import { Conversation } from '../conversation/conversation.tsx';
import { LostConversation } from '../conversation/lost-conversation.tsx';
import { IncidentBar } from '../stream/incident-bar.tsx';
import type { StreamPlace } from '../workspace/place.ts';
import { StreamHeader } from '../stream/stream-header.tsx';
import classes from './stream-page.module.css';
import { ThreadPanel } from '../thread/thread-panel.tsx';
import type { Loss } from '../workspace/stream-loss.ts';
import { useStream, type OpenStream } from '../workspace/use-stream.ts';
import { useUnseenTitle } from '../workspace/use-unseen-title.ts';

interface Props {
  readonly place: StreamPlace;
  /** The banner of the workspace's connection. */
  readonly banner: Banner | undefined;
  /** The button that shows the list of streams, on a phone. */
  readonly menu: ReactNode;
  readonly isNarrow: boolean;
}

/** One stream with its history, live events and composer; beside it a thread, or memory. */
export function StreamPage({ place, banner, menu, isNarrow }: Props) {
  const { streamId, thread, memory } = place;
  const opened = useStream(streamId);
  const isAlone = isNarrow && thread !== undefined;
  return (
    <div className={classes.split}>
      {!isAlone && (
        <div className={classes.column} data-main-column>
          <StreamColumn {...{ streamId, banner, menu, opened }} />
        </div>
      )}
      {thread !== undefined && (
        <ThreadPanel
          key={thread}
          {...{ streamId, thread, isAlone }}
          parent={opened.loss ? undefined : opened.stream}
          parentLoss={opened.loss}
          parentSnapshot={opened.snapshot}
        />
      )}
      {thread === undefined && memory !== undefined && !opened.loss && <MemoryPanel {...{ place, isNarrow }} tab={memory} />}
    </div>
  );
}

interface ColumnProps extends Pick<Props, 'banner' | 'menu'> {
  readonly streamId: string;
  readonly opened: OpenStream;
}

function StreamColumn({ streamId, banner, menu, opened: { live, snapshot, stream, loss } }: ColumnProps) {
  const { problem } = snapshot;
  // A member who lost the stream sees none of it, not even the loaded part.
  if (loss) return <LostColumn {...{ streamId, banner, menu, live, snapshot, loss }} />;
  if (problem && !isSignedOut(problem) && snapshot.events.length === 0) {
    return (
      <>
        <StreamHeader stream={undefined} events={[]} menu={menu} />
        <ConnectionBanner banner={banner} />
        <Empty icon={<SearchX size={22} />} title="This stream cannot be shown" level={2}>
          <p>{sentenceOf(problem)}</p>
        </Empty>
      </>
    );
  }
  return (
    <>
      <StreamHeader stream={stream} events={snapshot.events} menu={menu} />
      {stream?.streamType === 'incident' && <IncidentBar stream={stream} events={snapshot.events} />}
      <ConnectionBanner banner={banner ?? bannerOf(snapshot)} />
      <Conversation live={live} snapshot={snapshot} stream={stream} streamId={streamId} />
    </>
  );
}

type LostProps = Omit<ColumnProps, 'opened'> & Pick<OpenStream, 'live' | 'snapshot'> & { readonly loss: Loss };

function LostColumn({ banner, menu, ...lost }: LostProps) {
  useUnseenTitle('Streambed');
  return (
    <>
      <StreamHeader stream={undefined} events={[]} menu={menu} />
      <ConnectionBanner banner={banner} />
      <LostConversation of="stream" {...lost} />
    </>
  );
}
