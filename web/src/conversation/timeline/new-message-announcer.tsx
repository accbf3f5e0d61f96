import { useEffect, useRef, useState } from 'react';
import type { LiveSnapshot } from '../../../../client/stream/live-stream.ts';
import { Announcer } from '../../ui/announcer.tsx';
import { announcementOf } from './announcements.ts';

/** Tells screen readers of messages of others as they come in, politely. */
export function NewMessageAnnouncer({ snapshot: { events, state }, me }: { snapshot: LiveSnapshot; me: string }) {
  const told = useRef<number>(undefined);
  const [said, setSaid] = useState({ text: '', count: 0 });
  const loaded = events.length > 0 || state === 'live';
  useEffect(() => {
    if (!loaded) return;
    const newest = events.at(-1)?.seq ?? 0;
    const before = told.current;
    told.current = Math.max(newest, before ?? 0);
    // What was there when the stream was opened is read by going there.
    if (before === undefined || newest <= before) return;
    const text = announcementOf(events, before, me);
    if (text !== '') setSaid((now) => ({ text, count: now.count + 1 }));
  }, [loaded, events, me]);
  return <Announcer text={said.text} count={said.count} />;
}
