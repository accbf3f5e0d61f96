import { useEffect, useState, useSyncExternalStore } from 'react';
import type { LiveSnapshot } from '../../../../client/stream/live-stream.ts';
import { countUnseen, readOn, startReading, type Reading } from '../../workspace/new-messages.ts';
import { useMarkRead } from '../../workspace/use-mark-read.ts';
import { useStreamList, useWorkspace } from '../../workspace/workspace-context.ts';

/** How far the reader is: how much is new, and where the "New" line stands. */
export function useReading(
  streamId: string,
  { events, state }: LiveSnapshot,
  atEnd: boolean,
): { unseen: number; firstNewSeq: number | undefined } {
  const { me, readings, list } = useWorkspace();
  const { loading } = useStreamList();
  const isVisible = useSyncExternalStore(onVisibility, () => document.visibilityState === 'visible');
  const watching = atEnd && isVisible;
  const [kept, setKept] = useState<Reading | undefined>(() => {
    const earlier = readings.get(streamId);
    // What came while another stream was open is new here, wherever the list stands.
    return earlier && readOn(earlier, events, { watching: false, me: me.id });
  });
  let reading = kept;
  if (kept) reading = readOn(kept, events, { watching, me: me.id });
  else if (!loading && (events.length > 0 || state === 'live')) {
    // As far as it was read on any device before it was opened here.
    const stream = list.find(streamId);
    reading = startReading(events, { readSeq: stream?.isMember && stream.unreadCount > 0 ? stream.readSeq : undefined, me: me.id });
  }
  if (reading !== kept) setKept(reading);
  useMarkRead(streamId, events.at(-1)?.seq ?? 0, watching && reading !== undefined);
  useEffect(() => {
    if (reading) readings.set(streamId, reading);
  }, [readings, streamId, reading]);
  return { unseen: reading ? countUnseen(reading, events, me.id) : 0, firstNewSeq: reading?.firstNewSeq };
}

function onVisibility(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener);
  return () => document.removeEventListener('visibilitychange', listener);
}
