import { readFileSync } from 'node:fs';

export interface Person {
  readonly id: string;
  readonly name: string;
}

export interface StoryStream {
  readonly slug: string;
  readonly name: string;
  readonly visibility: 'public' | 'private';
  readonly memberIds: readonly string[];
}

/** A message of the story, with its line in the file. */
export interface Said {
  /** From 1. */
  readonly line: number;
  readonly slug: string;
  readonly authorId: string;
  readonly text: string;
}

/** A message on a past day of the story; day 1 is a Monday. */
export interface PastSaid extends Said {
  readonly day: number;
  readonly minuteOfDay: number;
}

export interface Story {
  readonly people: readonly Person[];
  readonly streams: readonly StoryStream[];
  /** In file order: by day, and within a day by stream. */
  readonly past: readonly PastSaid[];
  /** Messages to post while the app runs; the text `/new` starts an epoch by hand. */
  readonly live: readonly Said[];
}

interface Heading {
  readonly slug: string;
  /** Undefined for live messages. */
  readonly day: number | undefined;
}

export const readStory = (): Story => parseStory(readFileSync(new URL('story.txt', import.meta.url), 'utf8'));

/** Parses a story in the format that its own head describes. Throws with the number of a malformed line. */
export function parseStory(text: string): Story {
  const people: Person[] = [];
  const streams: StoryStream[] = [];
  const past: PastSaid[] = [];
  const live: Said[] = [];
  let heading: Heading | undefined;
  for (const { line, first, rest } of paragraphs(text)) {
    const fail = (says: string): never => {
      throw new Error(`story, line ${line}: ${says}: ${first}`);
    };
    const person = /^person (\w+): (.+)$/.exec(first);
    const stream = /^(public|private) ([\w-]+): (.+), with ([\w ]+)$/.exec(first);
    const day = /^= (?:day (\d+) \w+|live) ([\w-]+)$/.exec(first);
    const said = /^(?:(\d\d):(\d\d) )?(\w+): (.+)$/s.exec([first, ...rest].join('\n'));
    if (person) people.push({ id: person[1] ?? '', name: person[2] ?? '' });
    else if (stream) streams.push(streamOf(stream));
    else if (day) heading = { slug: day[2] ?? '', day: day[1] === undefined ? undefined : Number(day[1]) };
    else if (!said || !heading) fail('is neither a person, a stream, a day nor a message');
    else {
      const [, hours, minutes, authorId = '', words = ''] = said;
      const stands = { line, slug: heading.slug, authorId, text: words };
      if (!streams.find(({ slug }) => slug === stands.slug)?.memberIds.includes(authorId)) fail(`${authorId} is not in ${stands.slug}`);
      if ((hours === undefined) !== (heading.day === undefined)) fail('has a time exactly when it is not live');
      if (heading.day === undefined) live.push(stands);
      else past.push({ ...stands, day: heading.day, minuteOfDay: Number(hours) * 60 + Number(minutes) });
    }
  }
  return { people, streams, past, live };
}

const streamOf = ([, visibility, slug = '', name = '', members = '']: RegExpExecArray): StoryStream => ({
  slug,
  name,
  visibility: visibility === 'private' ? 'private' : 'public',
  memberIds: members.split(' '),
});

/** Groups lines with the indented lines below them; drops notes and empty lines. */
function paragraphs(text: string): { line: number; first: string; rest: string[] }[] {
  const found: { line: number; first: string; rest: string[] }[] = [];
  for (const [index, written] of text.split('\n').entries()) {
    if (written.startsWith('#') || written.trim() === '') continue;
    if (written.startsWith('      ')) found.at(-1)?.rest.push(written.slice(6));
    else found.push({ line: index + 1, first: written, rest: [] });
  }
  return found;
}

const dayMs = 86_400_000;
/** The first Monday after 1 January 1970. */
const aMondayMs = 4 * dayMs;

/** Monday of the story's first week: weekdays match, and the last past day is over. */
export function firstMonday({ past }: Story, nowMs: number): number {
  const days = past.reduce((last, { day }) => Math.max(last, day), 0);
  const newest = nowMs - days * dayMs;
  return newest - ((newest - aMondayMs) % (7 * dayMs));
}

/** Time of a message. */
export const timeOfSaid = (said: PastSaid, mondayMs: number): number => mondayMs + (said.day - 1) * dayMs + said.minuteOfDay * 60_000;
