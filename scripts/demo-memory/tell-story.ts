import { api } from '../../contract/api.ts';
import { importRecords, makeWorkspace, meetSpeakers } from './cast.ts';
import type { OwnWorkspace, Speaker } from './cast.ts';
import type { Said, Story } from './read-story.ts';
import { importedPast } from './story-records.ts';

/** A replayed story: its workspace, its users, and the stream position of each line. */
export interface Telling {
  readonly story: Story;
  readonly own: OwnWorkspace;
  readonly speakers: ReadonlyMap<string, Speaker>;
  /** By slug. */
  readonly streamIds: ReadonlyMap<string, string>;
  /** By the line of the story. */
  readonly positions: Map<number, number>;
}

interface ImportOptions {
  readonly baseUrl: string;
  /** Name of the workspace. */
  readonly name: string;
  readonly now: Date;
  readonly onSent: (count: number, total: number) => void;
}

/** Imports the past of a story, with its times, into a new workspace. */
export async function importStory(story: Story, { baseUrl, name, now, onSent }: ImportOptions): Promise<Telling> {
  const own = await makeWorkspace(baseUrl, name);
  const { records, positions } = importedPast(story, name, now);
  await importRecords(own, records, (count) => onSent(count, records.length));
  const speakers = await meetSpeakers(own, story.people);
  const streamIds = new Map<string, string>();
  for (const { slug, memberIds } of story.streams) {
    const { items } = await speakerOf(speakers, memberIds[0]).workspace.streams.list({ limit: 100 });
    const stream = items.find((candidate) => candidate.slug === slug);
    if (!stream) throw new Error(`${slug} was imported, and is not there`);
    streamIds.set(slug, stream.id);
  }
  return { story, own, speakers, streamIds, positions: new Map(positions) };
}

/** Posts one line of the story, or starts an epoch for `/new`. */
export async function say({ own, speakers, streamIds, positions }: Telling, { line, slug, authorId, text }: Said): Promise<void> {
  const { workspace, streambed } = speakerOf(speakers, authorId);
  const streamId = streamIds.get(slug) ?? '';
  if (text === '/new') {
    await streambed.call(api.epochs.setBarrier, { params: { workspaceId: own.workspaceId, streamId }, body: {}, repeatable: true });
  } else {
    const { seq } = await workspace.events(streamId).post({ text, clientEventId: `story-${line}` });
    positions.set(line, seq);
  }
}

export function speakerOf(speakers: Telling['speakers'], id: string | undefined): Speaker {
  const speaker = speakers.get(id ?? '');
  if (!speaker) throw new Error(`nobody in the story is called ${id}`);
  return speaker;
}
