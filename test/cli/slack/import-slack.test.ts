import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { StreamEvent } from '../../../contract/event.ts';
import type { Stream } from '../../../contract/stream.ts';
import { ExportRecord } from '../../../contract/transfer.ts';
import { createTeam } from '../../support/team.ts';
import type { Team, Teammate } from '../../support/team.ts';
import { runStreambed, startTestServer } from '../server.ts';
import type { Ended, TestServer } from '../server.ts';
import { writeSlackSample } from './sample.ts';

let server: TestServer;
let folder: string;
let team: Team;
let env: Record<string, string>;
let imported: Ended;
let ada: Teammate;

beforeAll(async () => {
  server = await startTestServer();
  folder = mkdtempSync(path.join(tmpdir(), 'streambed-slack-'));
  writeSlackSample(path.join(folder, 'export'));
  team = await createTeam(server.app);
  env = { STREAMBED_URL: server.baseUrl, STREAMBED_API_KEY: team.apiKey };
  imported = await runStreambed(['import-slack', path.join(folder, 'export')], { env });
  ada = await team.join('ada', 'owner');
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server.close();
});

const streamsOf = async (who: Teammate): Promise<Stream[]> =>
  (await who.call('GET', '/streams', undefined, { limit: '200', status: 'any' })).body.items as Stream[];
const named = async (who: Teammate, name: string): Promise<Stream> => {
  const found = (await streamsOf(who)).find((stream) => stream.name === name);
  if (!found) throw new Error(`${who.id} sees no ${name}`);
  return found;
};

describe('A Slack export', () => {
  test('comes in whole, with a list of what did not', () => {
    expect(imported.code).toBe(0);
    expect(imported.errors).toContain('8 streams');
    for (const missing of [
      'reactions with :partyparrot:',
      'messages of the type pinned_item',
      'replies whose first message is missing',
      'files: there is a link to them',
      'files that Slack does not have any more',
      'messages without a text',
      'entries that are no messages',
      'messages longer than 16 KB',
      'second DMs of the same people',
    ])
      expect(imported.errors).toContain(missing);
  });

  test('gives channels their names, members, descriptions and states', async () => {
    const general = await named(ada, 'general');
    expect(general).toMatchObject({
      visibility: 'public',
      description: 'For all\nEverything',
      isMember: true,
      role: 'owner',
      unreadCount: 0,
    });
    expect(general.createdAt).toBe('2020-09-13T12:26:40.000Z');
    expect(await named(ada, 'dev_ops')).toMatchObject({ slug: 'dev-ops', status: 'archived', isMember: false });
    const { items } = (await ada.call('GET', `/streams/${general.id}/members`)).body as { items: { user: { id: string }; role: string }[] };
    // U9 is in no list: a user who has left the workspace.
    expect(items.map(({ user, role }) => `${user.id} ${role}`).sort()).toEqual(['ada owner', 'bob member', 'cyd.x member']);
  });

  test('shows private channels and DMs to those in them only', async () => {
    const bob = await team.join('bob');
    expect((await streamsOf(bob)).map(({ name }) => name)).not.toContain('board');
    expect((await streamsOf(ada)).map(({ name }) => name)).toContain('board');
    const dms = (await bob.bootstrap()).streams.items.filter(({ streamType }) => streamType === 'dm');
    expect(dms.map(({ participants }) => participants?.map(({ id }) => id).join(' ') ?? '').sort()).toEqual(['ada bob', 'ada bob cyd.x']);
    // The same members find the DM that was imported from Slack.
    expect((await bob.dm('ada')).id).toBe(dms.find(({ participants }) => participants?.length === 2)?.id);
    const cyd = await team.join('cyd.x', 'guest');
    expect((await cyd.bootstrap()).streams.items.map(({ name, streamType }) => name ?? streamType).sort()).toEqual([
      'dm',
      'general',
      'thread',
    ]);
  });

  test('gives messages their authors, times, markup, mentions, edits and reactions', async () => {
    const events = await ada.events(await named(ada, 'general'));
    const shown = events.map(({ eventType, actorId, content }) =>
      `${eventType} ${actorId} ${content?.text.slice(0, 30).split('\n')[0] ?? ''}`.trim(),
    );
    expect(shown).toEqual([
      'member_joined bob',
      'message ada Hello @bob, **see** #dev-ops &',
      'message bob edited ~~wrong~~ right',
      'system ada',
      'renamed ada',
      'member_left gone',
      'message Deploys [Build 7](https://ci.example/7',
      'shared cyd.x',
      'message ada reply to nothing',
      'message ada a plan',
      'message bob long words long words long wor',
      'message bob long words long words long wor',
      'message bob long words long words long wor',
      'message USLACKBOT',
      'message ada _waves_',
    ]);
    const [, hello, edited] = events;
    expect(hello?.content).toEqual({
      text: 'Hello @bob, **see** #dev-ops & [the _docs_](https://a.example/x_y_z) @here 🎉 `a < b https://c.example`',
      mentions: [
        { type: 'user', id: 'bob', label: 'Bob' },
        { type: 'stream', id: (await named(ada, 'dev_ops')).id, label: 'dev-ops' },
        { type: 'here', id: 'here', label: 'here' },
      ],
    });
    expect(hello?.createdAt).toBe('2020-09-13T12:27:00.000Z');
    expect(hello?.reactions.map(({ emoji, userIds }) => [emoji, userIds])).toEqual([
      ['👍', ['bob', 'cyd.x']],
      ['👏🏼', ['U8']],
    ]);
    expect(edited?.editedAt).toBe('2020-09-13T12:28:19.000Z');
    const plan = events.find(({ content }) => content?.text.startsWith('a plan'));
    expect(plan?.content?.text).toBe('a plan\n\n[Plan \\[v2\\].pdf](https://files.example/plan%20%281%29.pdf)');
    expect(events.find(({ eventType }) => eventType === 'shared')?.sharedRef?.preview).toMatchObject({ text: 'also for the channel' });
  });

  test('keeps threads, also one whose first message was deleted', async () => {
    const general = await named(ada, 'general');
    const events = await ada.events(general);
    const [threaded, gone] = events.filter(({ thread }) => thread !== null) as [StreamEvent, StreamEvent];
    expect(threaded.thread).toMatchObject({ replyCount: 2, lastReplyAt: '2020-09-14T16:13:30.000Z' });
    expect(threaded.thread?.lastRepliers.map(({ id }) => id)).toEqual(['cyd.x', 'bob']);
    const replies = await ada.events({ id: threaded.thread?.streamId ?? '' });
    expect(replies.map(({ content }) => content?.text)).toEqual(['first reply', 'also for the channel']);
    expect(gone.deletedAt).not.toBe(null);
    expect((await ada.events({ id: gone.thread?.streamId ?? '' })).map(({ content }) => content?.text)).toEqual(['who deleted that?']);
  });

  test('goes on: people write in it, and it is found', async () => {
    const general = await named(ada, 'general');
    const bob = await team.join('bob');
    await bob.say(general, 'still here, @ada');
    expect(await ada.stream(general)).toMatchObject({ unreadCount: 1, mentionCount: 1 });
    const { items } = (await ada.call('GET', '/search', undefined, { q: 'secret numbers' })).body as { items: unknown[] };
    expect(items).toHaveLength(1);
  });

  test('imported again changes nothing, and cannot be mixed with another', async () => {
    const again = await runStreambed(['import-slack', path.join(folder, 'export')], { env });
    expect(again).toMatchObject({ code: 0 });
    expect(again.errors).toContain('0 streams, 0 events and 0 members are new');
  });

  test('becomes a file of lines that are all valid, and always the same', async () => {
    const write = async (name: string, ...more: string[]) => {
      const file = path.join(folder, name);
      const written = await runStreambed(['import-slack', path.join(folder, 'export'), '--out', file, ...more]);
      expect(written).toMatchObject({ code: 0 });
      return readFileSync(file, 'utf8').trimEnd().split('\n');
    };
    const lines = await write('one.ndjson');
    for (const line of lines) ExportRecord.parse(JSON.parse(line));
    expect(await write('two.ndjson')).toEqual(lines);
    const byEmail = await write('three.ndjson', '--user-id', 'email');
    expect(
      byEmail.filter((line) => line.includes('"kind":"member"')).map((line) => (JSON.parse(line) as { userId: string }).userId),
    ).toEqual(expect.arrayContaining(['ada@acme.example', 'U3', 'U4']));
  });

  test('that is none is refused', async () => {
    const empty = path.join(folder, 'empty');
    mkdirSync(empty);
    const none = await runStreambed(['import-slack', empty], { env });
    expect(none).toMatchObject({ code: 2 });
    expect(none.errors).toContain('has no users.json');
    writeFileSync(path.join(empty, 'users.json'), '[{"id":1}]');
    expect((await runStreambed(['import-slack', empty], { env })).errors).toContain('users.json: is not as Slack writes it: 0.id');
    writeFileSync(path.join(empty, 'users.json'), '[');
    expect((await runStreambed(['import-slack', empty], { env })).errors).toContain('users.json: is not JSON');
    expect(await runStreambed(['import-slack', empty, '--user-id', 'shoe'], { env })).toMatchObject({ code: 2 });
  });
});
