import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Stream } from '../../../contract/stream.ts';
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
let bob: Teammate;
let open: Stream;
const laterDays = (days: number) => void (app.time = new Date(app.time.getTime() + days * 86_400_000));

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
  app.time = new Date('2026-11-01T12:00:00Z');
  team = await createTeam(app);
  ada = await team.join('ada', 'owner');
  bob = await team.join('bob', 'admin');
  open = await ada.channel('Open');
  await bob.call('POST', `/streams/${open.id}/join`);
});

const keep = (days: number | null) => ada.call('PUT', '/retention', { days });
const keepIn = (stream: Stream, own: number | null) => ada.call('PUT', `/streams/${stream.id}/retention`, { own });
const textsOf = async (stream: Stream) => (await ada.events(stream)).flatMap(({ content }) => content?.text ?? []);
const run = async () => {
  app.retentionMessages.length = 0;
  await retention.sweep();
  await retention.settle();
};

describe('Retention', () => {
  test('deletes what is older, purges it, and leaves the rest with its positions', async () => {
    const old = await ada.say(open, 'An old kvotrbnz');
    laterDays(10);
    await ada.say(open, 'A new one');
    await keep(15);
    await run();
    expect(await textsOf(open)).toEqual(['An old kvotrbnz', 'A new one']);
    laterDays(8);
    await run();
    expect(await textsOf(open)).toEqual(['A new one']);
    app.sent.length = 0;
    app.memoryMessages.length = 0;
    expect(await findTraces(app, ['kvotrbnz'], { workspaceId: team.workspaceId })).toEqual([]);
    expect((await ada.events(open)).find(({ id }) => id === old.id)).toMatchObject({ seq: old.seq, deletedAt: expect.any(String) });
  });

  test('of a stream comes before that of the workspace; a thread follows its channel', async () => {
    const forEver = await ada.channel('For ever');
    const short = await ada.channel('Short');
    const thread = await ada.thread(short, await ada.say(short, 'root'));
    for (const stream of [open, forEver, short, thread]) await ada.say(stream, 'said');
    await keep(20);
    await keepIn(forEver, 0);
    await keepIn(short, 7);
    const read = async (stream: Stream) => (await bob.call('GET', `/streams/${stream.id}/retention`)).body;
    expect(await read(open)).toEqual({ own: null, days: 20 });
    expect(await read(forEver)).toEqual({ own: 0, days: null });
    expect(await read(short)).toEqual({ own: 7, days: 7 });
    expect(await read(thread)).toEqual({ own: null, days: 7 });
    laterDays(8);
    await run();
    expect(await Promise.all([open, forEver, short, thread].map(textsOf))).toEqual([['said'], ['said'], [], []]);
    laterDays(14);
    await run();
    expect(await Promise.all([open, forEver].map(textsOf))).toEqual([[], ['said']]);
  });

  test('without any, nothing is ever deleted, and a retention that is taken back deletes no more', async () => {
    await ada.say(open, 'said');
    laterDays(25);
    await run();
    await keep(1);
    await keep(null);
    await run();
    expect(await textsOf(open)).toEqual(['said']);
  });

  test('counts no badge for what expired, and tells rooms of each message', async () => {
    for (const text of ['one', 'two @bob']) await ada.say(open, text);
    laterDays(10);
    await ada.say(open, 'three');
    expect(await bob.stream(open)).toMatchObject({ unreadCount: 3, mentionCount: 1 });
    await keep(5);
    app.sent.length = 0;
    await run();
    expect(await bob.stream(open)).toMatchObject({ unreadCount: 1, mentionCount: 0 });
    expect(await bob.activity()).toEqual([]);
    const told = app.sent.map(({ body }) => (body as { item?: { type: string } }).item?.type);
    expect(told.filter((type) => type === 'event:deleted')).toHaveLength(2);
    const positions = (await ada.events(open)).map(({ changedSeq }) => changedSeq);
    expect(new Set(positions).size).toBe(positions.length);
  });

  test('goes on after a crash, in batches, and deletes nothing twice', async () => {
    for (let at = 0; at < 130; at++) await ada.say(open, `message ${at}`);
    laterDays(10);
    await keep(5);
    for (let step = 1; (await textsOf(open)).length > 0; step += 9) {
      expect(step).toBeLessThan(1_000);
      retention.dieAt(step);
      await retention.work({ kind: 'expire', workspaceId: team.workspaceId }).catch(() => undefined);
    }
    retention.dieAt(0);
    const stream = await ada.stream(open);
    await run();
    expect((await ada.stream(open)).lastSeq).toBe(stream.lastSeq);
    const { rows } = await app.test.owner.query('select deleted_count, message_count from streams where id = $1', [open.id]);
    expect(rows).toEqual([{ deleted_count: 130, message_count: 130 }]);
  });

  test('is looked at by the hour once nothing is left, and at once when it changes', async () => {
    await keep(5);
    expect(await retention.sweep()).toEqual({ sent: 1 });
    await retention.settle();
    expect(await retention.sweep()).toEqual({ sent: 0 });
    await keep(4);
    expect(await retention.sweep()).toEqual({ sent: 1 });
  });

  test('is set by owners, read by members, and audited', async () => {
    expect(await bob.refused('PUT', '/retention', { days: 5 })).toBe('forbidden');
    expect(await bob.refused('PUT', `/streams/${open.id}/retention`, { own: 5 })).toBe('forbidden');
    for (const days of [0, 0.5, -1]) expect(await ada.refused('PUT', '/retention', { days })).toBe('invalid_input');
    await keep(5);
    await keep(5);
    await keepIn(open, 3);
    expect((await bob.call('GET', '/retention')).body).toEqual({ days: 5 });
    const { rows } = await app.test.owner.query(
      `select action, actor, subject_id, details from audit_log where workspace_id = $1 and action like '%retention%' order by action desc`,
      [team.workspaceId],
    );
    expect(rows).toEqual([
      { action: 'workspace.retention_changed', actor: 'ada', subject_id: team.workspaceId, details: { from: null, to: 5 } },
      { action: 'stream.retention_changed', actor: 'ada', subject_id: open.id, details: { from: null, to: 3 } },
    ]);
    const secret = await ada.channel('Secret', { visibility: 'private' });
    expect(await bob.refused('GET', `/streams/${secret.id}/retention`)).toBe('not_found');
  });
});
