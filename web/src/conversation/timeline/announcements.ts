import type { StreamEvent } from '../../../../contract/event.ts';
import { isNotice } from '../../workspace/event-kind.ts';

/** Limit of characters; the listener can go to the message for the rest. */
const longest = 200;

/** The announcement of messages after position `afterSeq`; empty when there are none. */
export function announcementOf(events: readonly StreamEvent[], afterSeq: number, me: string): string {
  const fresh = events.filter((event) => event.seq > afterSeq && event.actorId !== me && event.deletedAt === null && !isNotice(event));
  if (fresh.length > 3) return `${fresh.length} new messages`;
  return fresh.map((event) => `${event.actorName}: ${shortened(wordsOf(event))}`).join('. ');
}

/** The content of an event, in words. */
function wordsOf({ content, poll, file, sharedRef, eventType }: StreamEvent): string {
  if (poll) return `asks: ${poll.question}`;
  if (file) return ['shared a file', file.name, content?.text].filter((part) => part !== undefined).join(', ');
  if (sharedRef) return `shared a message${sharedRef.context === null ? '' : `: ${sharedRef.context}`}`;
  return content?.text ?? eventType;
}

function shortened(text: string): string {
  const oneLine = text.replace(/\s+/g, ' ').trim();
  const characters = Array.from(oneLine);
  return characters.length <= longest ? oneLine : `${characters.slice(0, longest).join('')}…`;
}
