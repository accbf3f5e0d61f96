import type { StreamEvent } from '../../../../contract/event.ts';

/** A part of a sentence: plain words, or a value with a presentation of its own. */
export type Part =
  | string
  | { readonly kind: 'person'; readonly id: string; readonly name: string | undefined }
  | { readonly kind: 'quote'; readonly text: string }
  | { readonly kind: 'stream'; readonly id: string; readonly name: string }
  | { readonly kind: 'thread'; readonly id: string };

export type NoticeIcon = 'join' | 'leave' | 'thread' | 'promote' | 'rename' | 'archive' | 'unarchive' | 'resolve' | 'reopen' | 'change';

export interface Sentence {
  readonly icon: NoticeIcon;
  readonly parts: readonly Part[];
}

type Person = Extract<Part, { kind: 'person' }>;
type Payload = Readonly<Record<string, unknown>>;

/** The sentence for a notice. Several events are people who joined or left one after the other. */
export function sentenceFor(events: readonly StreamEvent[]): Sentence {
  const [event] = events;
  if (!event) throw new Error('a notice has an event');
  const actor = actorOf(event);
  const payload: Payload = event.payload ?? {};
  switch (event.eventType) {
    case 'member_joined':
      return { icon: 'join', parts: arrivals(events, 'joined', 'added') };
    case 'member_left':
      return { icon: 'leave', parts: arrivals(events, 'left', 'removed') };
    case 'thread_started':
      return { icon: 'thread', parts: [actor, ' started ', threadOf(payload)] };
    case 'promoted':
      return { icon: 'promote', parts: promotion(event, actor, payload) };
    case 'renamed':
      return { icon: 'rename', parts: renaming(actor, payload) };
    case 'archived':
      return { icon: 'archive', parts: [actor, ' archived this'] };
    case 'unarchived':
      return { icon: 'unarchive', parts: [actor, ' brought this back'] };
    case 'resolved':
      return { icon: 'resolve', parts: [actor, ' resolved the incident'] };
    case 'reopened':
      return { icon: 'reopen', parts: [actor, ' reopened the incident'] };
    default:
      return { icon: 'change', parts: [actor, ...changeOf(event.eventType, payload)] };
  }
}

/** The sentence as plain text, for screen readers and previews. */
export const plainSentence = ({ parts }: Sentence, nameOf: (id: string, known?: string) => string): string =>
  parts.map((part) => wordsOf(part, nameOf)).join('');

function wordsOf(part: Part, nameOf: (id: string, known?: string) => string): string {
  if (typeof part === 'string') return part;
  switch (part.kind) {
    case 'person':
      return nameOf(part.id, part.name);
    case 'quote':
      return `“${part.text}”`;
    case 'stream':
      return part.name;
    case 'thread':
      return 'a thread';
    default: {
      const never: never = part;
      throw new Error(`unknown part ${String(never)}`);
    }
  }
}

const actorOf = ({ actorId, actorName }: StreamEvent): Person => ({ kind: 'person', id: actorId, name: actorName });

/** Limit of names; more people are counted. */
const named = 4;

function arrivals(events: readonly StreamEvent[], alone: string, byOthers: string): Part[] {
  const moves = events.map((event) => ({ actor: actorOf(event), people: peopleIn(event) }));
  const people = [...new Map(moves.flatMap(({ people }) => people).map((person) => [person.id, person])).values()];
  const [first] = moves;
  const isByOther =
    first !== undefined && moves.every(({ actor, people }) => actor.id === first.actor.id && people.every(({ id }) => id !== actor.id));
  return first && isByOther ? [first.actor, ` ${byOthers} `, ...enumeration(people)] : [...enumeration(people), ` ${alone}`];
}

/** The people that an event is about: those of the payload, otherwise the actor. */
function peopleIn(event: StreamEvent): Person[] {
  const { users, userIds, userId, userName, name } = event.payload ?? {};
  const known = textOf(userName) ?? textOf(name);
  if (Array.isArray(users))
    return users.flatMap((user) => (isPerson(user) ? [{ kind: 'person', id: user.id, name: textOf(user.name) }] : []));
  if (Array.isArray(userIds)) return userIds.flatMap((id) => (typeof id === 'string' ? [{ kind: 'person', id, name: undefined }] : []));
  if (typeof userId === 'string' && userId !== event.actorId) return [{ kind: 'person', id: userId, name: known }];
  return [actorOf(event)];
}

const isPerson = (value: unknown): value is { id: string; name?: unknown } =>
  typeof value === 'object' && value !== null && typeof (value as { id?: unknown }).id === 'string';

/** "A", "A and B", "A, B, C and 4 others". */
function enumeration(people: readonly Part[]): Part[] {
  const shown = people.length > named ? people.slice(0, named - 1) : people;
  const rest = people.length - shown.length;
  const items: Part[] = rest > 0 ? [...shown, `${rest} others`] : [...shown];
  return items.flatMap((item, index): Part[] => {
    if (index === 0) return [item];
    return [index === items.length - 1 ? ' and ' : ', ', item];
  });
}

function threadOf({ threadStreamId }: Payload): Part {
  return typeof threadStreamId === 'string' ? { kind: 'thread', id: threadStreamId } : 'a thread';
}

/** The sentence for a promotion, both in the stream itself and in its parent. */
function promotion(event: StreamEvent, actor: Part, { streamId, streamType, name }: Payload): Part[] {
  const type = streamType === 'incident' ? 'incident' : 'channel';
  const article = type === 'incident' ? 'an' : 'a';
  if (typeof streamId !== 'string' || streamId === event.streamId) return [actor, ` turned this thread into ${article} ${type}`];
  // The name of a stream with readers of its own is for its readers.
  if (textOf(name) === undefined) return [actor, ` turned a thread into ${article} ${type} of its own`];
  return [actor, ` turned a thread into the ${type} `, { kind: 'stream', id: streamId, name: textOf(name) ?? type }];
}

function renaming(actor: Part, { from, to }: Payload): Part[] {
  const [before, after] = [textOf(from), textOf(to)];
  if (after === undefined) return [actor, ' renamed this'];
  const now: Part = { kind: 'quote', text: after };
  return before === undefined ? [actor, ' named this ', now] : [actor, ' renamed this from ', { kind: 'quote', text: before }, ' to ', now];
}

function changeOf(eventType: string, payload: Payload): Part[] {
  const kind = textOf(payload['kind']) ?? eventType;
  const [from, to] = [textOf(payload['from']), textOf(payload['to'])];
  switch (kind) {
    case 'description_changed':
      return to === undefined ? [' took the topic away'] : [' set the topic to ', { kind: 'quote', text: shortened(to) }];
    case 'visibility_changed':
      return [to === 'private' ? ' made this private' : ' made this public'];
    case 'recovered':
      return [' became the owner of this, which had none'];
    case 'slug_changed':
      return [` changed its short name${from === undefined ? '' : ` from #${from}`} to #${to ?? 'none'}`];
    case 'severity_changed':
      return [` changed the severity${from === undefined ? '' : ` from ${from.toUpperCase()}`} to ${(to ?? 'none').toUpperCase()}`];
    default:
      return [`: ${textOf(payload['text']) ?? kind.replaceAll('_', ' ')}`];
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

function shortened(text: string): string {
  const characters = Array.from(text.replace(/\s+/g, ' '));
  return characters.length <= 120 ? characters.join('') : `${characters.slice(0, 120).join('')}…`;
}
