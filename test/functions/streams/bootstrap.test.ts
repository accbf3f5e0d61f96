import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { UserId, WorkspaceId } from '../../../contract/ids.ts';
import type { Stream } from '../../../contract/stream.ts';
import type { Transaction } from '../../../functions/platform/database.ts';
import { listPeople } from '../../../functions/streams/reading/bootstrap-store.ts';
import { bootstrap } from '../../../functions/streams/reading/bootstrap.ts';
import { createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { createTeam } from '../../support/team.ts';
import type { Team, Teammate } from '../../support/team.ts';

let app: TestApp;
let team: Team;
let people: Record<'ada' | 'bob' | 'cyd' | 'gus', Teammate>;
let streams: Record<'open' | 'closed' | 'followed' | 'promotedOpen' | 'promotedClosed' | 'dm' | 'archived', Stream>;

beforeAll(async () => {
  app = await createTestApp();
  team = await createTeam(app);
  const ada = await team.join('ada', 'owner');
  const bob = await team.join('bob');
  people = { ada, bob, cyd: await team.join('cyd'), gus: await team.join('gus', 'guest') };
  const open = await ada.channel('Open');
  const closed = await ada.channel('Closed', { visibility: 'private' });
  await ada.call('POST', `/streams/${closed.id}/members`, { userIds: ['bob', 'gus'] });
  const branch = async (stream: Stream, text: string) => ada.thread(stream, await ada.say(stream, text));
  const promote = async (thread: Stream, name: string) =>
    (await ada.call('POST', `/streams/${thread.id}/promote`, { streamType: 'incident', name })).body as Stream;
  const archived = await ada.channel('Archived');
  await ada.call('PATCH', `/streams/${archived.id}`, { status: 'archived' });
  streams = {
    open,
    closed,
    archived,
    followed: await branch(open, 'a root'),
    promotedOpen: await promote(await branch(open, 'smoke'), 'Smoke'),
    promotedClosed: await promote(await branch(closed, 'fire'), 'Fire'),
    dm: await ada.dm('bob'),
  };
  await bob.say(streams.followed, 'a reply follows');
});
afterAll(() => app.test.drop());

const shown = async (who: Teammate) => {
  const ids = new Map(Object.entries(streams).map(([name, { id }]) => [id, name]));
  return new Set((await who.bootstrap()).streams.items.map(({ id }) => ids.get(id)));
};

describe('the sidebar', () => {
  test('holds the streams a member may see, and only followed threads', async () => {
    const everywhere = new Set(['open', 'closed', 'followed', 'promotedOpen', 'promotedClosed', 'dm']);
    expect(await shown(people.ada)).toEqual(everywhere);
    expect(await shown(people.bob)).toEqual(everywhere);
    expect(await shown(people.cyd)).toEqual(new Set(['open', 'promotedOpen']));
    expect(await shown(people.gus)).toEqual(new Set(['closed', 'promotedClosed']));
  });

  test('equals the list of streams by activity, in order and counts', async () => {
    for (const who of Object.values(people)) {
      const { body } = await who.call('GET', '/streams', undefined, { sort: 'activity' });
      expect((await who.bootstrap()).streams.items).toEqual(body.items);
    }
  });

  test('drops a stream that its member left, and the streams inherited from it', async () => {
    const dan = await team.join('dan');
    await people.ada.call('POST', `/streams/${streams.closed.id}/members`, { userIds: ['dan'] });
    expect(await shown(dan)).toContain('promotedClosed');
    await dan.call('POST', `/streams/${streams.closed.id}/leave`);
    expect(await shown(dan)).toEqual(new Set(['open', 'promotedOpen']));
  });
});

test('names the last authors, the participants of DMs, and the caller', async () => {
  const { people: named, me } = await people.bob.bootstrap();
  expect(named.map(({ id }) => id)).toEqual(['ada', 'bob']);
  expect(me.id).toBe('bob');
});

test('takes four statements for any size of workspace', async () => {
  const caller = { kind: 'user', workspaceId: WorkspaceId.parse(team.workspaceId), userId: UserId.parse('ada') } as const;
  const count = async () => {
    const before = app.db.statements;
    await bootstrap(app, caller);
    return app.db.statements - before;
  };
  expect(await count()).toBe(4);
  for (let i = 0; i < 5; i++) await people.ada.channel(`More ${i}`);
  expect(await count()).toBe(4);
});

test('does not exist for users outside the workspace', async () => {
  const stranger = { kind: 'user', workspaceId: WorkspaceId.parse(team.workspaceId), userId: UserId.parse('eve') } as const;
  await expect(bootstrap(app, stranger)).rejects.toMatchObject({ code: 'not_found' });
});

test('listing names returns the promise of its statement itself: a wrapping promise would be rejected unhandled', () => {
  const sent = Promise.resolve([]);
  const tx = { workspaceId: 'ws', deferRows: () => sent } as unknown as Transaction;
  expect(listPeople(tx, [])).toBe(sent);
});
