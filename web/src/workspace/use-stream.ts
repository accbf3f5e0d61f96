import { useCallback, useEffect, useRef, useState } from 'react';
import type { LiveSnapshot, LiveStream } from '../../../client/stream/live-stream.ts';
import type { Stream } from '../../../contract/stream.ts';
import { useLive } from '../ui/use-live.ts';
import { useRequest } from '../ui/use-request.ts';
import { lossOf, type Loss } from './stream-loss.ts';
import { useStreamList, useWorkspace } from './workspace-context.ts';

export interface OpenStream {
  readonly live: LiveStream;
  /** Events, pending messages and connection state. */
  readonly snapshot: LiveSnapshot;
  /** The stream's settings and the caller's own view of it; undefined until they are read. */
  readonly stream: Stream | undefined;
  /** The reader may not see the stream: nothing of it may be shown. */
  readonly loss: Loss | undefined;
}

/** Opens a stream and keeps it live. */
export function useStream(streamId: string): OpenStream {
  const { open } = useWorkspace();
  const [live, setLive] = useState(() => open.use(streamId));
  const snapshot = useLive(live);
  const stream = useListedStream(streamId);
  // A member who was refused and gets access later sees the stream without loading the page again.
  const [wasShown, setShown] = useState(false);
  if (snapshot.position > 0 && !wasShown) setShown(true);
  const loss = lossOf(snapshot, wasShown);
  const isEnded = loss !== undefined;
  const tried = useRef<string>(undefined);
  // A live stream with unsent messages is not opened again, because closing it would drop them.
  const state = stream && `${stream.rev}:${stream.isMember}:${stream.visibility}:${snapshot.pending.length > 0}`;
  useEffect(() => {
    if (!isEnded || state === undefined || state === tried.current) return;
    tried.current = state;
    setLive(open.use(streamId));
  }, [isEnded, state, open, streamId]);
  return { live, snapshot, stream, loss };
}

/** The stream from the list; reads it when the list does not have it. */
export function useListedStream(streamId: string | null): Stream | undefined {
  const { streambed, workspaceId, list } = useWorkspace();
  const { streams, loading } = useStreamList();
  const listed = streams.find((stream) => stream.id === streamId);
  const isMissing = !loading && !listed;
  const load = useCallback(
    async (signal: AbortSignal) => {
      if (streamId !== null) await list.put(streambed.workspace(workspaceId).streams.read(streamId, { signal }));
    },
    [streambed, workspaceId, streamId, list],
  );
  // The live stream of the page meets the same problem and shows it; elsewhere the name is just missing.
  useRequest(isMissing && streamId !== null ? load : undefined);
  return listed;
}

/** The stream that a stream branched from, as far as the list knows it. */
export function useParent(stream: Stream | undefined): Stream | undefined {
  const { list } = useWorkspace();
  useStreamList();
  return stream?.parentStreamId == null ? undefined : list.find(stream.parentStreamId);
}
