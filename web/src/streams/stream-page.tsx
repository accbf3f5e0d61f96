import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { SearchX } from 'lucide-react';
import type { StreamEvent } from '../../../contract/event.ts';
import type { LiveSnapshot, LiveStream } from '../../../client/live-stream.ts';
import type { Stream } from '../../../contract/stream.ts';
import { Empty } from '../ui/empty.tsx';
import { useLive } from '../ui/use-live.ts';
import { Composer } from './composer.tsx';
import { bannerOf, isSignedOut, sentenceOf, type Banner } from './connection.ts';
import { ConnectionBanner } from './connection-banner.tsx';
import { DeleteDialog } from './delete-dialog.tsx';
import { MessageList } from './message-list.tsx';
import { nameOfStream } from './stream-filter.ts';
import { StreamHeader } from './stream-header.tsx';
import { lastOwnEvent } from './timeline.ts';
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

interface ConversationProps {
  readonly live: LiveStream;
  readonly snapshot: LiveSnapshot;
  readonly stream: Stream | undefined;
  readonly streamId: string;
}

function Conversation({ live, snapshot, stream, streamId }: ConversationProps) {
  const { me } = useWorkspace();
  const [editing, setEditing] = useState<string>();
  const [deleting, setDeleting] = useState<StreamEvent>();
  const composer = useRef<HTMLTextAreaElement>(null);
  const toComposer = useCallback(() => composer.current?.focus(), []);
  const stopEditing = useCallback(() => {
    setEditing(undefined);
    toComposer();
  }, [toComposer]);
  const editLast = (): boolean => {
    const last = lastOwnEvent(snapshot.events, me.id);
    if (last) setEditing(last.id);
    return last !== undefined;
  };
  const name = stream ? nameOfStream(stream) : 'this stream';
  return (
    <>
      <MessageList
        live={live}
        snapshot={snapshot}
        streamId={streamId}
        stream={stream}
        editing={editing}
        onEdit={setEditing}
        onEditDone={stopEditing}
        onDelete={setDeleting}
        onLeave={toComposer}
      />
      <Composer
        ref={composer}
        streamId={streamId}
        name={name}
        disabled={snapshot.problem !== undefined}
        onSend={(text) => live.send(text)}
        onEditLast={editLast}
      />
      <DeleteDialog
        event={deleting}
        onDelete={(event) => live.delete(event.id)}
        onClose={() => {
          setDeleting(undefined);
          stopEditing();
        }}
      />
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
