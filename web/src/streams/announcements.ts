import type { StreamEvent } from '../../../contract/event.ts';

/** Longer texts are cut: a listener can always go to the message. */
const longest = 200;

/** What a screen reader is told of messages that came in after position `afterSeq`; empty when there is nothing to tell. */
export function announcementOf(events: readonly StreamEvent[], afterSeq: number, me: string): string {
  const fresh = events.filter((event) => event.seq > afterSeq && event.actorId !== me && event.content !== null);
  if (fresh.length > 3) return `${fresh.length} new messages`;
  return fresh.map((event) => `${event.actorName}: ${shortened(event.content?.text ?? '')}`).join('. ');
}

function shortened(text: string): string {
  const oneLine = text.replace(/\s+/g, ' ').trim();
  const characters = Array.from(oneLine);
  return characters.length <= longest ? oneLine : `${characters.slice(0, longest).join('')}…`;
}
