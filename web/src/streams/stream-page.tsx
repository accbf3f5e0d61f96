import { useEffect, useMemo, type ReactNode } from 'react';
import { SearchX } from 'lucide-react';
import type { Stream } from '../../../contract/stream.ts';
import { Empty } from '../ui/empty.tsx';
import { useLive } from '../ui/use-live.ts';
import { bannerOf, isSignedOut, sentenceOf, type Banner } from './connection.ts';
import { ConnectionBanner } from './connection-banner.tsx';
import { Conversation } from './conversation.tsx';
import { StreamHeader } from './stream-header.tsx';
import { useStreamList, useWorkspace } from './workspace-context.ts';

interface Props {
  readonly streamId: string;
  /** What the whole workspace has to tell about its connection. */
  readonly banner: Banner | undefined;
  /** On a phone: the button that shows the list of streams. */
  readonly menu: ReactNode;
}

/** One stream: its history, what happens now, and the composer. */
export function StreamPage({ streamId, banner, menu }: Props) {
  const { open } = useWorkspace();
  const live = useMemo(() => open.use(streamId), [open, streamId]);
  const snapshot = useLive(live);
  const stream = useStream(streamId);
  const { problem } = snapshot;
  if (problem && !isSignedOut(problem) && snapshot.events.length === 0) {
    return (
      <>
        <StreamHeader stream={undefined} menu={menu} />
        <ConnectionBanner banner={banner} />
        <Empty icon={<SearchX size={22} />} title="This stream cannot be shown" level={2}>
          <p>
            {problem.code === 'not_found' ? 'It does not exist, or it is private and you are not one of its members.' : sentenceOf(problem)}
          </p>
        </Empty>
      </>
    );
  }
  return (
    <>
      <StreamHeader stream={stream} menu={menu} />
      <ConnectionBanner banner={banner ?? bannerOf(snapshot)} />
      <Conversation live={live} snapshot={snapshot} stream={stream} streamId={streamId} />
    </>
  );
}

/** The stream as the list knows it; one that is not listed is read. */
function useStream(streamId: string): Stream | undefined {
  const { streambed, workspaceId, list } = useWorkspace();
  const { streams, loading } = useStreamList();
  const listed = streams.find((stream) => stream.id === streamId);
  const isMissing = !loading && !listed;
  useEffect(() => {
    if (!isMissing) return;
    const stop = new AbortController();
    streambed
      .workspace(workspaceId)
      .streams.read(streamId, { signal: stop.signal })
      .then((stream) => list.put(stream))
      // The live stream meets the same problem, and tells it.
      .catch(() => undefined);
    return () => stop.abort();
  }, [isMissing, streambed, workspaceId, streamId, list]);
  return listed;
}
