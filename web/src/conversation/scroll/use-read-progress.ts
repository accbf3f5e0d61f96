import { useEffect, useState, useSyncExternalStore } from 'react';
import type { LiveSnapshot } from '../../../../client/stream/live-stream.ts';
import { countUnseen, advanceProgress, startProgress, type ReadProgress } from '../../workspace/new-messages.ts';
import { useMarkRead } from '../../workspace/use-mark-read.ts';
import { useStreamList, useWorkspace } from '../../workspace/workspace-context.ts';

/** The reader's progress: unseen messages, and the position of the "New" line. */
export function useReadProgress(
  streamId: string,
  { events, state }: LiveSnapshot,
  atEnd: boolean,
): { unseen: number; firstNewSeq: number | undefined } {
  const { me, readProgress, list } = useWorkspace();
  const { loading } = useStreamList();
  const isVisible = useSyncExternalStore(onVisibility, () => document.visibilityState === 'visible');
  const watching = atEnd && isVisible;
  const [kept, setKept] = useState<ReadProgress | undefined>(() => {
    const earlier = readProgress.get(streamId);
    // Messages that arrived while another stream was open are new, wherever the list stands.
    return earlier && advanceProgress(earlier, events, { watching: false, me: me.id });
  });
  let progress = kept;
  if (kept) progress = advanceProgress(kept, events, { watching, me: me.id });
  else if (!loading && (events.length > 0 || state === 'live')) {
    // Starts at the read position of all devices.
    const stream = list.find(streamId);
    progress = startProgress(events, { readSeq: stream?.isMember && stream.unreadCount > 0 ? stream.readSeq : undefined, me: me.id });
  }
  if (progress !== kept) setKept(progress);
  useMarkRead(streamId, events.at(-1)?.seq ?? 0, watching && progress !== undefined);
  useEffect(() => {
    if (progress) readProgress.set(streamId, progress);
  }, [readProgress, streamId, progress]);
  return { unseen: progress ? countUnseen(progress, events, me.id) : 0, firstNewSeq: progress?.firstNewSeq };
}

function onVisibility(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener);
  return () => document.removeEventListener('visibilitychange', listener);
}
