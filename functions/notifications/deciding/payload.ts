import { maxPushBytes } from '../../../contract/push.ts';
import type { PushPayload } from '../../../contract/push.ts';
import { utf8Bytes } from '../../../contract/text.ts';
import type { NewsEvent, NewsStream } from './news-store.ts';
import type { Recipient } from './recipient-store.ts';

/** Words of a notification. */
export interface Words {
  readonly title: string;
  readonly body: string;
}

/** Puts news into words for one member. `showText`: messages may stand in notifications. `event` is undefined for an incident that was opened. */
export function wordsOf(
  stream: NewsStream,
  event: NewsEvent | undefined,
  { count, isNamed, isIncident }: Pick<Recipient, 'count' | 'isNamed' | 'isIncident'>,
  showText: boolean,
): Words {
  const place = stream.name ?? 'a thread';
  if (isIncident && (event === undefined || event.text === null)) {
    return { title: `Incident: ${cut(place, 100)}`, body: incidentWords(stream, event) };
  }
  const actor = cut(event?.actorName ?? 'Somebody', 60);
  const title =
    stream.streamType === 'dm' ? actor : isNamed ? `${actor} mentioned you in ${cut(place, 60)}` : `${actor} in ${cut(place, 60)}`;
  const more = count > 1 ? ` (+${count - 1} more)` : '';
  return { title, body: `${showText ? saidIn(event) : 'New message'}${more}` };
}

function incidentWords({ severity }: NewsStream, event: NewsEvent | undefined): string {
  const grade = (severity ?? '').toUpperCase();
  if (event === undefined || event.eventType === 'promoted') return `${grade}: opened`;
  if (event.eventType === 'reopened') return `${grade}: reopened by ${event.actorName}`;
  const before = event.payload?.['from'];
  return `${grade}: raised from ${typeof before === 'string' ? before.toUpperCase() : 'a lower one'} by ${event.actorName}`;
}

function saidIn(event: NewsEvent | undefined): string {
  if (event?.text) return cut(event.text.trim(), 300);
  if (event?.eventType === 'poll') return 'Sent a poll';
  if (event?.eventType === 'file') return 'Sent a file';
  return 'New message';
}

/** Cuts a text to some characters, between characters as people see them. One that spans more than four units on average takes the place of others. */
function cut(text: string, characters: number): string {
  if (text.length <= characters) return text;
  const units = characters * 4;
  const start = text.slice(0, units).replace(/[\ud800-\udbff]$/, '');
  const segments = Array.from(new Intl.Segmenter().segment(start), ({ segment }) => segment);
  // The last one may go on behind the cut.
  const whole = text.length > units ? segments.slice(0, -1) : segments;
  if (whole.length <= characters && whole.length === segments.length) return text;
  return `${whole.slice(0, characters).join('').trimEnd()}…`;
}

/** Path of the page at a position of a stream; a thread is shown beside its parent. */
export function pathOf({ id, streamType, parentStreamId }: Pick<NewsStream, 'id' | 'streamType' | 'parentStreamId'>, seq: number): string {
  const isBeside = streamType === 'thread' && parentStreamId !== null;
  return `/?p=s:${isBeside ? `${parentStreamId}&t=${id}` : id}${seq > 0 ? `&at=${seq}` : ''}`;
}

/** Makes the payload of a notification; its body is shortened until the payload fits. */
export function payloadOf(
  stream: NewsStream,
  { title, body }: Words,
  { seq, badge, origin }: { seq: number; badge: number; origin: string | null },
): string {
  const made = (text: string): PushPayload => ({
    web_push: 8030,
    notification: {
      title,
      body: text,
      navigate: `${origin ?? ''}${pathOf(stream, seq)}`,
      tag: stream.id,
      app_badge: String(badge),
      data: { streamId: stream.id, seq },
    },
  });
  for (let characters = body.length; ; characters = Math.floor(characters / 2)) {
    const json = JSON.stringify(made(cut(body, characters)));
    if (utf8Bytes(json) <= maxPushBytes || characters === 0) return json;
  }
}
