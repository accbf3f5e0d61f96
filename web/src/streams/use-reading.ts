import { useEffect, useState, useSyncExternalStore } from 'react';
import type { LiveSnapshot } from '../../../client/live-stream.ts';
import { countUnseen, readOn, startReading, type Reading } from './new-messages.ts';
import { useWorkspace } from './workspace-context.ts';

/** How far the reader is: what is new, and where the "New" line stands. */
export function useReading(
  streamId: string,
  { events, state }: LiveSnapshot,
  atEnd: boolean,
): { unseen: number; firstNewSeq: number | undefined } {
  const { me, readings } = useWorkspace();
  const isVisible = useSyncExternalStore(onVisibility, () => document.visibilityState === 'visible');
  const watching = atEnd && isVisible;
  const [reading, setReading] = useState<Reading | undefined>(() => {
    const kept = readings.get(streamId);
    // What came while another stream was open is new here, wherever the list stands.
    return kept && readOn(kept, events, { watching: false, me: me.id });
  });
  const loaded = events.length > 0 || state === 'live';
  useEffect(() => {
    if (!loaded) return;
    setReading((now) => (now ? readOn(now, events, { watching, me: me.id }) : startReading(events)));
  }, [loaded, events, watching, me.id]);
  useEffect(() => {
    if (reading) readings.set(streamId, reading);
  }, [readings, streamId, reading]);
  return { unseen: reading ? countUnseen(reading, events, me.id) : 0, firstNewSeq: reading?.firstNewSeq };
}

function onVisibility(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener);
  return () => document.removeEventListener('visibilitychange', listener);
}
