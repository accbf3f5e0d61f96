import { readFileSync } from 'node:fs';
import path from 'node:path';
import { api } from '../../../contract/api.ts';
import { createStreambed } from '../../../client/http/http.ts';
import { ConversationPerson } from '../conversation-person.ts';
import { MemoryPerson } from '../memory-person.ts';
import type { Person } from '../person.ts';
import type { Scene } from './entries.ts';
import type { Stage } from '../stage.ts';

/** A word of a length without a place to break it. */
const unbroken = (start: string, length: number): string => start + 'W'.repeat(length - start.length);

export type Story = Omit<Scene, 'person' | 'talk' | 'memory' | 'isNarrow'> & { readonly streamId: string; readonly threadId: string };

const table = `| ${['Region', 'Availability', 'Responsibility', 'Communication', 'Infrastructure', 'Acknowledgement'].join(' | ')} |
|${' - |'.repeat(6)}
| ${['Frankfurt', 'uninterrupted', 'Administration', 'straightforward', 'decommissioned', 'unacknowledged'].join(' | ')} |`;

/** Creates a stream in which everything that has a name has the longest one, in one unbroken word. */
export async function tellStory(stage: Stage): Promise<Story> {
  const streamName = unbroken(stage.newName('dialogs'), 80);
  const otherStream = unbroken(stage.newName('other'), 80);
  const text = `Look at ${unbroken('this', 200)}`;
  const fileName = `${unbroken('plan', 196)}.png`;
  const topic = unbroken('topic', 80);
  const client = stage.client(0);
  const description = unbroken('topic', 200);
  const { id: streamId } = await client.streams.create({ streamType: 'channel', name: streamName, description });
  await client.streams.create({ streamType: 'channel', name: otherStream, description });
  await addLongPerson(stage, streamId);
  const events = client.events(streamId);
  await events.post({ text: `How it began: ${unbroken('long', 200)}` });
  await events.post({ text: table });
  const picture = readFileSync(path.join(import.meta.dirname, '../../../docs/images/streams-light.png'));
  const content = new File([picture], fileName, { type: 'image/png' });
  const file = await client.files.upload(streamId, content, { width: 240, height: 144 });
  await events.post({ eventType: 'file', fileId: file.id });
  await client.memory.setBarrier(streamId, { label: topic });
  const event = await events.post({ text: `Look: ${unbroken('before', 200)}` });
  await events.edit(event.id, { text });
  await events.pin(event.id);
  const thread = await events.thread({ eventId: event.id });
  await client.events(thread.id).post({ text: 'A reply' });
  return { streamId, threadId: thread.id, streamName, otherStream, text, fileName, topic };
}

/** Adds a member with a long name and a long id. */
async function addLongPerson({ app }: Stage, streamId: string): Promise<void> {
  const { baseUrl, apiKey, workspaceId } = app;
  if (apiKey === undefined) throw new Error('STREAMBED_API_KEY is missing beside STREAMBED_BASE_URL');
  const { token } = await createStreambed({ baseUrl, token: apiKey }).call(api.auth.createToken, {
    body: { userId: unbroken('long', 60), name: unbroken('Maximilian', 80), role: 'member' },
  });
  await createStreambed({ baseUrl, token }).workspace(workspaceId).streams.join(streamId);
}

/** Puts a user in front of the stream. */
export async function enter(person: Person, story: Story): Promise<Scene> {
  const { width } = person.page.viewportSize() ?? { width: 0 };
  await person.page.goto(`/?p=s:${story.streamId}`);
  await person.title(story.streamName).waitFor();
  await person.sees(story.text);
  const memory = new MemoryPerson(person);
  await memory.divider(`Topic: ${story.topic}`).waitFor();
  return { ...story, person, talk: new ConversationPerson(person), memory, isNarrow: width < 768 };
}
