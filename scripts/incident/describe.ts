import type { StreamEvent } from '../../contract/event.ts';
import type { Stream } from '../../contract/stream.ts';

/** Name of a stream without the suffix that makes it unique to one run. */
export const shortName = (name: string | null): string => (name ?? 'thread').replace(/ \d{2}:\d{2}:\d{2}$/, '');

/** Badge of a stream in the sidebar. */
export function badgeOf(stream: Stream): string {
  const sign = { channel: '#', incident: '!', thread: '>', dm: '@', assistant: '*' }[stream.streamType];
  const state = stream.streamType === 'incident' ? ` [${stream.severity}, ${stream.status}]` : '';
  const mentions = stream.mentionCount > 0 ? `, ${stream.mentionCount} for me` : '';
  const unread = !stream.isMember ? ' (not a member)' : stream.unreadCount > 0 ? ` (${stream.unreadCount} unread${mentions})` : '';
  return `${sign} ${shortName(stream.name)}${state}${unread}`;
}

/** An event as a line. */
export function lineOf(event: StreamEvent): string {
  return `${event.actorName} ${wordsOf(event)}${threadOf(event)}`;
}

function wordsOf(event: StreamEvent): string {
  const payload = event.payload ?? {};
  switch (event.eventType) {
    case 'message':
      return `says: ${event.content?.text ?? '(deleted)'}`;
    case 'shared':
      return `shares ${previewOf(event)}`;
    case 'thread_started':
      return 'started a thread';
    case 'promoted':
      return `made the thread an ${String(payload['streamType'])}: ${shortName(String(payload['name']))}`;
    case 'member_joined':
      return `brought in ${String(payload['userIds'])}`;
    case 'resolved':
      return 'resolved it';
    case 'system':
      return `changed it: ${JSON.stringify(payload)}`;
    default:
      return event.eventType;
  }
}

function previewOf({ sharedRef }: StreamEvent): string {
  const preview = sharedRef?.preview;
  const context = sharedRef?.context ? `, adding "${sharedRef.context}"` : '';
  if (preview?.state === 'visible')
    return `"${preview.text}", which ${preview.actorName} said in ${shortName(preview.streamName)}${context}`;
  return `${preview?.state === 'deleted' ? 'what was deleted' : 'something that one may not see here'}${context}`;
}

function threadOf({ thread }: StreamEvent): string {
  if (!thread) return '';
  const what = thread.streamType === 'thread' ? 'thread' : `${thread.status} ${thread.streamType} ${shortName(thread.name)}`;
  const last = thread.lastRepliers.map(({ name }) => name).join(', ');
  return ` [${what}: ${thread.replyCount} ${thread.replyCount === 1 ? 'reply' : 'replies'}${last === '' ? '' : ` by ${last}`}]`;
}
