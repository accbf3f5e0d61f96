import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { keyScopes } from '../../../contract/api-key.ts';
import { UserId, WorkspaceId } from '../../../contract/ids.ts';
import type { Stream } from '../../../contract/stream.ts';
import { createToken } from '../../../functions/auth/create-token.ts';
import { expireMessages } from '../../../functions/retention/expiring/expire-messages.ts';
import { createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { createMemoryWorker } from '../../support/memory-worker.ts';
import type { MemoryWorker } from '../../support/memory-worker.ts';
import { createRetentionWorker } from '../../support/retention-worker.ts';
import type { RetentionWorker } from '../../support/retention-worker.ts';
import { createTeam } from '../../support/team.ts';
import type { Team, Teammate } from '../../support/team.ts';
import { findTraces } from '../../support/traces.ts';

let app: TestApp;
let memory: MemoryWorker;
let retention: RetentionWorker;
let team: Team;
let ada: Teammate;
let open: Stream;

beforeAll(async () => {
  app = await createTestApp();
  memory = await createMemoryWorker(app);
  retention = await createRetentionWorker(app, memory);
});
afterAll(async () => {
  await retention.stop();
  await memory.stop();
  await app.test.drop();
});
beforeEach(async () => {
  app.time = new Date();
  team = await createTeam(app, retention.objects);
  ada = await team.join('ada', 'owner');
  await team.join('bob');
  open = await ada.channel('Open');
});

async function settle(): Promise<void> {
  for (let round = 0; round < 5; round++) {
    await retention.settle();
    await memory.settle();
    app.sent.length = 0;
    app.later.length = 0;
  }
}
const erase = (id: string) => ada.call('POST', `/members/${id}/erasure`, { messages: 'keep-anonymous' });
const select = async (text: string, ...values: unknown[]) => (await app.test.owner.query<{ found: unknown }>(text, values)).rows;

describe('The hash of a first request, by which a short text can be guessed,', () => {
  const hashOf = (id: string) => select('select request_hash as found from stream_events where id = $1', id);
  const said = () => ada.say(open, 'The number is 4821', { clientEventId: 'once' });

  test('goes with a deleted message, and a repeat is still answered', async () => {
    const event = await said();
    expect(await hashOf(event.id)).toEqual([{ found: expect.any(Buffer) }]);
    await ada.call('DELETE', `/streams/${open.id}/events/${event.id}`);
    await settle();
    expect(await hashOf(event.id)).toEqual([{ found: null }]);
    expect((await said()).id).toBe(event.id);
  });

  test('goes with purged versions', async () => {
    const event = await said();
    await ada.call('PATCH', `/streams/${open.id}/events/${event.id}`, { text: 'The number is secret' });
    await ada.call('DELETE', `/streams/${open.id}/events/${event.id}/versions`);
    await settle();
    expect(await hashOf(event.id)).toEqual([{ found: null }]);
  });
});

describe('The erasure of a person', () => {
  test('takes names of before from what the outbox holds', async () => {
    const zed = await team.join('zed.kvot');
    const call = (name: string) =>
      app.test.owner.query(`update users set name = $2 where workspace_id = $1 and id = 'zed.kvot'`, [team.workspaceId, name]);
    await call('Oldkvotname');
    await zed.call('POST', `/streams/${open.id}/join`);
    await ada.say(open, 'Ask @zed.kvot now');
    await zed.say(open, 'Hello @ada');
    await zed.say(await zed.dm('bob'), 'Hi');
    await call('Newkvotname');
    const traits = ['Oldkvotname', 'Newkvotname', 'zed.kvot'];
    expect((await findTraces(app, traits, team)).join('\n')).toContain('Oldkvotname');
    await erase('zed.kvot');
    await settle();
    expect(await findTraces(app, traits, team)).toEqual([]);
  });

  // Each is a word of the contract: the name of a field, a type, or a role.
  test.each(['item', 'text', 'event', 'user', 'admin'])('whose id is "%s" leaves the words of the contract alone', async (id) => {
    const zed = await team.join(id);
    await zed.call('POST', `/streams/${open.id}/join`);
    await ada.call('PATCH', '/members/bob', { role: 'admin' });
    await ada.say(open, `Hello @bob and @${id}`);
    await zed.say(open, id);
    await erase(id);
    await settle();
    const broken = `"erased_[0-9a-f]+":|"(type|eventType|text)": "erased_`;
    expect(
      await select('select payload::text as found from outbox where workspace_id = $1 and payload::text ~ $2', team.workspaceId, broken),
    ).toEqual([]);
    const roles = `select details as found from audit_log where workspace_id = $1 and action = 'member.role_changed'`;
    expect(await select(roles, team.workspaceId)).toEqual([{ found: { from: 'member', to: 'admin' } }]);
  });

  test('is not undone while it runs: nobody makes them a member again', async () => {
    await team.join('zed');
    await erase('zed');
    const by = { kind: 'apiKey', workspaceId: WorkspaceId.parse(team.workspaceId), keyId: 'test', scopes: keyScopes } as const;
    const restored = createToken(app, by, { userId: UserId.parse('zed'), role: 'member', restore: true, expiresInSeconds: 3_600 });
    await expect(restored).rejects.toMatchObject({ code: 'member_removed' });
  });
});

test('A retention that is taken back ends the run that deletes by it', async () => {
  await ada.call('PUT', '/retention', { days: 1 });
  for (let n = 0; n < 101; n++) await ada.say(open, `Message ${n}`);
  app.time = new Date(app.time.getTime() + 2 * 86_400_000);
  // The list of streams, the first batch, and the second one.
  let transactions = 0;
  const transaction: TestApp['db']['transaction'] = async (...args) => {
    if (++transactions === 3) await ada.call('PUT', '/retention', { days: null });
    return app.db.transaction(...args);
  };
  await expireMessages({ ...app, clock: app.clock, db: { ...app.db, transaction } }, team.workspaceId);
  expect((await ada.events(open)).filter(({ content }) => content?.text === 'Message 100')).toHaveLength(1);
});
