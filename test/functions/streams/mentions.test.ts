import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Mention } from '../../../contract/event.ts';
import type { Stream } from '../../../contract/stream.ts';
import type { UserCaller } from '../../../functions/platform/authenticate.ts';
import { editEvent } from '../../../functions/streams/events/edit-event.ts';
import { postEvent } from '../../../functions/streams/events/post-event.ts';
import { inviteMembers } from '../../../functions/streams/members/invite-members.ts';
import { aChannel, aMember, aWorkspace, createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';

let app: TestApp;
let ada: UserCaller;
let gus: UserCaller;
let stream: Stream;

beforeAll(async () => {
  app = await createTestApp();
  const { workspaceId } = await aWorkspace(app);
  ada = await aMember(app, workspaceId, 'ada', 'owner');
  const bob = await aMember(app, workspaceId, 'bob');
  gus = await aMember(app, workspaceId, 'gus', 'guest');
  stream = await aChannel(app, ada, 'Mentions');
  await inviteMembers(app, ada, { streamId: stream.id, userIds: [bob.userId, gus.userId], role: 'member' });
});
afterAll(() => app.test.drop());

const bobGiven: Mention = { type: 'user', id: 'bob', label: 'BOB' };
const hereGiven: Mention = { type: 'here', id: 'here' };
const idsOf = (mentions: readonly Mention[] | undefined) => (mentions ?? []).map(({ id }) => id);

describe('an edit', () => {
  test.each<[string, string, Mention[], string, string[]]>([
    ['keeps a given mention whose name stays', 'Hello BOB', [bobGiven], 'Hello again, BOB.', ['bob']],
    ['keeps a given mention whose id stays', 'Hello bob', [bobGiven], 'bob, hello', ['bob']],
    ['drops a given mention whose name goes', 'Hello BOB', [bobGiven], 'Hello all', []],
    ['drops a given mention whose name is only a part of a word', 'Hello BOB', [bobGiven], 'Hello BOBBY', []],
    ['keeps a given mention that no text ever named', 'Hello', [bobGiven], 'Hello again', ['bob']],
    ['keeps a given mention of everyone', 'Hello', [hereGiven], 'Hello again', ['here']],
    ['drops a written mention without its @', 'Hello @bob', [], 'Hello bob', []],
    ['drops a written mention of everyone', 'Hello @here', [], 'Hello here', []],
  ])('%s', async (_what, before, mentions, after, expected) => {
    const { event } = await postEvent(app, ada, { streamId: stream.id, text: before, mentions });
    const edited = await editEvent(app, ada, { streamId: stream.id, eventId: event.id, text: after });
    expect(idsOf(edited.content?.mentions)).toEqual(expected);
  });
});

test("a guest's @here stays text and notifies nobody, written or given, posted or edited", async () => {
  const { event } = await postEvent(app, gus, { streamId: stream.id, text: 'Hello @here and @bob', mentions: [hereGiven] });
  expect(event.content).toMatchObject({ text: 'Hello @here and @bob' });
  expect(idsOf(event.content?.mentions)).toEqual(['bob']);
  const edited = await editEvent(app, gus, { streamId: stream.id, eventId: event.id, text: '@here again' });
  expect(idsOf(edited.content?.mentions)).toEqual([]);
  const { rows } = await app.test.owner.query(`select from notifications where event_id = $1`, [event.id]);
  expect(rows).toEqual([]);
});
