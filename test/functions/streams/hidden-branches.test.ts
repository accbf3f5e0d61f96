import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Stream } from '../../../contract/stream.ts';
import { FollowUp } from '../../../contract/messages/follow-up.ts';
import { createTestApp } from '../../support/app.ts';
import { runFollowUp } from '../../support/follow-up.ts';
import type { TestApp } from '../../support/app.ts';
import { createTeam } from '../../support/team.ts';
import type { Team, Teammate } from '../../support/team.ts';

let app: TestApp;
let team: Team;
let ada: Teammate;
let bob: Teammate;
let cyd: Teammate;
beforeAll(async () => {
  app = await createTestApp();
  team = await createTeam(app);
  ada = await team.join('ada', 'owner');
  bob = await team.join('bob');
  cyd = await team.join('cyd');
});
afterAll(() => app.test.drop());

const promote = (who: Teammate, thread: Stream, name: string, visibility: string) =>
  who.call('POST', `/streams/${thread.id}/promote`, { streamType: 'channel', name, visibility });
const secret = 'Layoffs in spring';

/** A public channel with a thread that became a private channel of ada and cyd. */
async function aHiddenBranch() {
  const channel = await ada.channel(`Open ${crypto.randomUUID()}`);
  const root = await ada.say(channel, 'root');
  const thread = await ada.thread(channel, root);
  await cyd.say(thread, 'a reply');
  app.sent.length = 0;
  await promote(ada, thread, `${secret} ${thread.id}`, 'private');
  await cyd.say(thread, 'behind closed doors');
  app.time = new Date(app.time.getTime() + 10_000);
  await runFollowUp(app, FollowUp.parse({ kind: 'stream', workspaceId: team.workspaceId, streamId: thread.id }));
  await cyd.call('POST', `/streams/${channel.id}/events/${root.id}/reactions`, { emoji: '👀' });
  return { channel, root, thread };
}

describe('a stream with readers of its own, inside the stream that it branched from', () => {
  test('tells other readers nothing but that it branched off', async () => {
    const { channel, root } = await aHiddenBranch();
    const seen = await bob.events(channel);
    expect(seen.find(({ id }) => id === root.id)).toMatchObject({ thread: null, replyCount: 0, isBranchedOff: true });
    expect(JSON.stringify(seen)).not.toMatch(/Layoffs|"name":"CYD"/);
    expect(await bob.refused('POST', `/streams/${channel.id}/thread`, { eventId: root.id })).toBe('forbidden');
  });

  test('is summed up for its own readers', async () => {
    const { channel, root, thread } = await aHiddenBranch();
    const summary = { streamId: thread.id, replyCount: 2, name: `${secret} ${thread.id}` };
    expect((await cyd.events(channel)).find(({ id }) => id === root.id)).toMatchObject({ thread: summary, replyCount: 2 });
  });

  test('is absent from the frames of the room', async () => {
    const { channel, root } = await aHiddenBranch();
    const frames = app.sent
      .map(({ body }) => body as { room?: string; item?: { type: string; data: Record<string, unknown> } })
      .filter(({ room }) => room === `ws:${team.workspaceId}:stream:${channel.id}`);
    const ofRoot = frames.flatMap(({ item }) => (item?.data['id'] === root.id ? [item.data] : []));
    expect(ofRoot.length).toBeGreaterThanOrEqual(2);
    for (const data of ofRoot) {
      expect(data).toMatchObject({ isBranchedOff: true, replyCount: 0 });
      expect(data).not.toHaveProperty('thread');
    }
    expect(JSON.stringify(frames)).not.toMatch(/Layoffs/);
  });

  test('is named where it inherits the readers', async () => {
    const channel = await ada.channel(`Open ${crypto.randomUUID()}`);
    const thread = await ada.thread(channel, await ada.say(channel, 'root'));
    const name = `For all ${thread.id}`;
    await bob.call('POST', `/streams/${channel.id}/join`);
    await promote(bob, thread, name, 'inherit');
    const [root, ...rest] = await cyd.events(channel);
    expect(root?.thread).toMatchObject({ name });
    expect(rest.find(({ eventType }) => eventType === 'promoted')?.payload).toMatchObject({ name });
  });
});

describe('a plain member', () => {
  test('cannot take a thread from its author and from the channel, at once or in two steps', async () => {
    const channel = await ada.channel(`Taken ${crypto.randomUUID()}`);
    const thread = await ada.thread(channel, await ada.say(channel, 'root'));
    await bob.call('POST', `/streams/${channel.id}/join`);
    expect(await bob.refused('POST', `/streams/${thread.id}/promote`, { streamType: 'channel', name: 'Mine', visibility: 'private' })).toBe(
      'forbidden',
    );
    await promote(bob, thread, `Mine ${thread.id}`, 'inherit');
    expect(await bob.refused('PATCH', `/streams/${thread.id}`, { visibility: 'private' })).toBe('forbidden');
    await bob.call('DELETE', `/streams/${thread.id}/members/ada`);
    expect(await ada.stream(thread)).toMatchObject({ id: thread.id });
    await ada.call('PATCH', `/streams/${thread.id}`, { visibility: 'private' });
    const { rows } = await app.test.owner.query<{ action: string }>('select action from audit_log where subject_id = $1 order by action', [
      thread.id,
    ]);
    expect(rows.map(({ action }) => action)).toEqual(['stream.member_removed', 'stream.promoted', 'stream.visibility_changed']);
  });
});
