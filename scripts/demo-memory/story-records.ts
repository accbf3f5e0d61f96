import { appendTo, closingRecords, newStreamLog, notePost, timeOf } from '../../cli/slack/stream-log.ts';
import { newId } from '../../contract/ids.ts';
import { exportedIds, exportedTimes, exportFormat } from '../../contract/transfer.ts';
import type { ExportRecord } from '../../contract/transfer.ts';
import { firstMonday, timeOfSaid } from './read-story.ts';
import type { Story, StoryStream } from './read-story.ts';

/** Past of a story as records of an import, with the stream position of each line. */
export interface ImportedPast {
  readonly records: readonly ExportRecord[];
  /** By the line of the story. */
  readonly positions: ReadonlyMap<number, number>;
}

export function importedPast(story: Story, name: string, now: Date): ImportedPast {
  const mondayMs = firstMonday(story, now.getTime());
  const positions = new Map<number, number>();
  const body = [
    headerOf(now),
    { kind: 'workspace', id: newId('workspace', mondayMs), name, createdAt: timeOf(mondayMs) },
    ...story.people.map((person) => memberOf(person, mondayMs)),
    ...story.streams.flatMap((stream) => [...recordsOf(story, stream, { mondayMs, positions })]),
  ] as ExportRecord[];
  return { records: [...body, { kind: 'end', records: body.length }], positions };
}

const headerOf = (now: Date) => ({
  kind: 'header',
  format: exportFormat,
  version: 1,
  workspaceId: newId('workspace', now.getTime()),
  exportedAt: now.toISOString(),
  ids: [...exportedIds],
  times: [...exportedTimes],
  leftOut: [],
});

const memberOf = (person: Story['people'][number], mondayMs: number) => ({
  kind: 'member',
  userId: person.id,
  name: person.name,
  email: null,
  role: 'member',
  createdAt: timeOf(mondayMs),
  updatedAt: timeOf(mondayMs),
  joinedAt: timeOf(mondayMs),
  removedAt: null,
});

function* recordsOf(
  story: Story,
  stream: StoryStream,
  { mondayMs, positions }: { mondayMs: number; positions: Map<number, number> },
): Generator<ExportRecord> {
  const log = newStreamLog(newId('stream', mondayMs), mondayMs);
  for (const memberId of stream.memberIds) log.members.add(memberId);
  const events: ExportRecord[] = [];
  for (const said of story.past.filter(({ slug }) => slug === stream.slug)) {
    const atMs = timeOfSaid(said, mondayMs);
    const id = newId('event', atMs);
    notePost(log, said.authorId, atMs);
    events.push(
      appendTo(log, { id, clientEventId: `story-${said.line}`, actorId: said.authorId, atMs, eventType: 'message', text: said.text }),
    );
    positions.set(said.line, log.seq);
  }
  const [owner] = stream.memberIds;
  yield {
    kind: 'stream',
    id: log.id,
    streamType: 'channel',
    name: stream.name,
    slug: stream.slug,
    description: null,
    status: 'active',
    severity: null,
    dmMemberIds: null,
    promotedAt: null,
    promotedBy: null,
    metadata: null,
    gen: 'story',
    lastSeq: 0,
    rev: 0,
    countsRev: 0,
    lastEventAt: timeOf(log.lastMs ?? mondayMs),
    recentActorIds: [...log.recent],
    createdBy: owner,
    createdAt: timeOf(mondayMs),
    archivedAt: null,
    idempotencyKey: null,
  } as unknown as ExportRecord;
  yield* events;
  yield* closingRecords(log, { owner, visibility: stream.visibility });
}
