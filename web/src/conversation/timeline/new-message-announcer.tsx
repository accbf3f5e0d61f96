import { useEffect, useRef, useState } from 'react';
import type { LiveSnapshot } from '../../../../client/stream/live-stream.ts';
import { Announcer } from '../../ui/announcer.tsx';
import { announcementOf } from './announcements.ts';

/** Announces new messages of other members to screen readers, politely. */
export function NewMessageAnnouncer({ snapshot: { events, state }, me }: { snapshot: LiveSnapshot; me: string }) {
  const announcedSeq = useRef<number>(undefined);
  const [said, setSaid] = useState({ text: '', count: 0 });
  const loaded = events.length > 0 || state === 'live';
  useEffect(() => {
    if (!loaded) return;
    const newest = events.at(-1)?.seq ?? 0;
    const before = announcedSeq.current;
    announcedSeq.current = Math.max(newest, before ?? 0);
    // Messages from before the opening are not announced.
    if (before === undefined || newest <= before) return;
    const text = announcementOf(events, before, me);
    if (text !== '') setSaid((now) => ({ text, count: now.count + 1 }));
  }, [loaded, events, me]);
  return <Announcer text={said.text} count={said.count} />;
}
