import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { metric } from '../../../contract/names.ts';
import { sweepOutbox } from '../../../functions/operations/sweep-outbox.ts';
import type { UserCaller } from '../../../functions/platform/authenticate.ts';
import type { QueueMessage, Queues } from '../../../functions/platform/queues.ts';
import { postEvent } from '../../../functions/streams/events/post-event.ts';
import type { Stream } from '../../../contract/stream.ts';
import { aChannel, aMember, aWorkspace, createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { limit } from '../../support/slowness.ts';

const dayMs = 24 * 3_600_000;
let app: TestApp;
let ada: UserCaller;
let stream: Stream;
let metrics: Map<string, number>;
const sent: QueueMessage[] = [];
/** Decides for each message: `refuse` is for ever, `fail` is for now. */
let judge: (message: QueueMessage) => 'take' | 'refuse' | 'fail';
let queues: Queues;

beforeAll(async () => {
  app = await createTestApp();
  const { workspaceId } = await aWorkspace(app);
  ada = await aMember(app, workspaceId, 'ada');
  stream = await aChannel(app, ada, 'General');
  queues = {
    async send(_url, messages) {
      if (app.queueDown) throw new Error('connect ECONNREFUSED');
      const verdicts = messages.map((message) => ({ message, verdict: judge(message) }));
      const idsOf = (wanted: string) => new Set(verdicts.filter(({ verdict }) => verdict === wanted).map(({ message }) => message.id));
      sent.push(...messages.filter((message) => judge(message) === 'take'));
      return { taken: idsOf('take'), refused: idsOf('refuse') };
    },
    sendLater: async () => undefined,
  };
});
afterAll(() => app.test.drop());
beforeEach(async () => {
  await owner('delete from outbox');
  sent.length = 0;
  metrics = new Map();
  judge = () => 'take';
  app.queueDown = false;
});

const owner = async <Row extends object = { id: string }>(sql: string, values: unknown[] = []) =>
  (await app.test.owner.query<Row>(sql, values)).rows;
const observed = () => ({
  ...app,
  queues,
  metrics: {
    count: (name: string, value = 1) => void metrics.set(name, (metrics.get(name) ?? 0) + value),
    milliseconds: (name: string, value: number) => void metrics.set(name, value),
    flush: () => undefined,
  },
});
const sweep = (timeLeft = () => 60_000) => sweepOutbox(observed(), timeLeft);
const after = (milliseconds: number) => (app.time = new Date(app.time.getTime() + milliseconds));
/** Rows left behind by one tenant, in one room, ten seconds ago. */
const leave = (count: number, tenant: string, room = `room of ${tenant}`, createdAt = new Date(app.time.getTime() - 10_000)) =>
  owner(
    `insert into outbox (id, workspace_id, room, payload, created_at)
     select $2 || ' ' || lpad(n::text, 5, '0'), $2, $3, jsonb_build_object('userIds', null, 'n', n), $4 from generate_series(1, $1::int) n
     returning id`,
    [count, tenant, room, createdAt],
  );
const isPoison = ({ id }: QueueMessage) => id.startsWith('poisoned');

describe('The sweeper', () => {
  test('passes 520 rows that the queue refuses, and sends the rows of other tenants in the same sweep, at once', async () => {
    await leave(520, 'poisoned');
    await leave(3, 'healthy');
    judge = (message) => (isPoison(message) ? 'refuse' : 'take');
    const start = performance.now();
    expect(await sweep()).toMatchObject({ sent: 3, parked: 0 });
    expect(sent.map(({ id }) => id)).toEqual(['healthy 00001', 'healthy 00002', 'healthy 00003']);
    expect(performance.now() - start).toBeLessThan(limit(1_000));
  });

  test('passes rows that fail for the moment, also where they fill whole pages, and never parks them', async () => {
    await leave(1_001, 'poisoned');
    await leave(1, 'healthy');
    judge = (message) => (isPoison(message) ? 'fail' : 'take');
    for (let sweeps = 0; sweeps < 7; sweeps++) {
      expect(await sweep()).toMatchObject({ parked: 0 });
    }
    expect(sent.map(({ id }) => id)).toEqual(['healthy 00001']);
    judge = () => 'take';
    expect(await sweep()).toMatchObject({ sent: 1_001 });
  });

  test('parks a row at the fifth refusal, counts it every minute, and never sends it again', async () => {
    await leave(2, 'poisoned');
    judge = () => 'refuse';
    const parked: number[] = [];
    for (let sweeps = 0; sweeps < 6; sweeps++) parked.push((await sweep()).parked);
    expect(parked).toEqual([0, 0, 0, 0, 2, 0]);
    metrics.clear();
    judge = () => 'take';
    expect(await sweep()).toMatchObject({ sent: 0 });
    expect(metrics.get(metric.outboxParked)).toBe(2);
    expect(metrics.get(metric.outboxAge)).toBe(0);
  });

  test('sends a parked row after an operator released it as the runbook says', async () => {
    await leave(1, 'poisoned');
    judge = () => 'refuse';
    for (let sweeps = 0; sweeps < 5; sweeps++) await sweep();
    await owner('update outbox set parked_at = null, attempts = 0 where parked_at is not null');
    judge = () => 'take';
    metrics.clear();
    expect(await sweep()).toMatchObject({ sent: 1 });
    expect(metrics.get(metric.outboxParked)).toBe(0);
  });

  test('parks a row whose payload is no object, and sends the rows beside it', async () => {
    await leave(2, 'healthy');
    await owner(`update outbox set payload = '"nonsense"', seq = 1 where id = 'healthy 00001'`);
    expect(await sweep()).toMatchObject({ sent: 1 });
    for (let sweeps = 0; sweeps < 4; sweeps++) await sweep();
    expect(await owner('select id from outbox where parked_at is not null')).toEqual([{ id: 'healthy 00001' }]);
  });

  test('counts no attempt, parks nothing and tells the age while the queue does not answer', async () => {
    await leave(1, 'healthy');
    app.queueDown = true;
    for (let sweeps = 0; sweeps < 6; sweeps++) await expect(sweep()).rejects.toThrow('ECONNREFUSED');
    expect(await owner('select attempts, parked_at from outbox')).toEqual([{ attempts: 0, parked_at: null }]);
    expect(metrics.get(metric.outboxAge)).toBe(10_000);
  });

  test('tells the age of the oldest row that waits, of any tenant, and zero when none waits', async () => {
    await sweep();
    expect(metrics.get(metric.outboxAge)).toBe(0);
    await leave(1, 'a', 'room', new Date(app.time.getTime() - 90_000));
    await leave(1, 'b', 'room', new Date(app.time.getTime() - 20_000));
    await sweep();
    expect(metrics.get(metric.outboxAge)).toBe(90_000);
  });

  test('stops between pages when its time is over, and continues in the next sweep', async () => {
    await leave(1_200, 'healthy');
    let calls = 0;
    expect(await sweep(() => (calls++ < 2 ? 60_000 : 9_000))).toMatchObject({ sent: 1_000 });
    expect(await sweep()).toMatchObject({ sent: 200 });
    expect(sent.map(({ id }) => id)).toEqual(sent.map(({ id }) => id).toSorted((a, b) => (a < b ? -1 : 1)));
  });

  test('sends a message with U+FFFF and U+FFFE that a request could not send', async () => {
    app.queueDown = true;
    await postEvent(observed(), ada, { streamId: stream.id, text: 'a\uffffb\ufffe', mentions: [] });
    app.queueDown = false;
    after(6_000);
    expect(await sweep()).toMatchObject({ sent: 1 });
    expect(sent[0]?.body).toMatchObject({ item: { data: { content: { text: 'a\uffffb\ufffe' } } } });
  });
});

describe('A request whose row the queue refuses', () => {
  test('succeeds; the row stays unpublished and is counted as left to the sweeper', async () => {
    judge = () => 'refuse';
    const { event } = await postEvent(observed(), ada, { streamId: stream.id, text: 'poison', mentions: [] });
    expect(event.seq).toBeGreaterThan(0);
    expect(await owner('select published_at, attempts from outbox')).toEqual([{ published_at: null, attempts: 0 }]);
    expect(metrics.get(metric.publishDeferred)).toBe(1);
  });
});

describe('Forgetting', () => {
  const days = async () =>
    (await owner<{ part: string }>('select part::text as part from outbox_days() order by since')).map(({ part }) => part);
  const counted = async () => (await owner<{ n: number }>('select count(*)::int as n from outbox'))[0]?.n;

  test('drops days at once at any rate: 50,000 rows of a day are gone in one sweep', async () => {
    await sweep();
    await leave(50_000, 'busy', 'room', app.time);
    await owner('update outbox set published_at = now()');
    after(8 * dayMs);
    const dropped = (await sweep()).forgotten;
    expect(dropped).toBeGreaterThanOrEqual(1);
    expect(dropped).toBeLessThan(10);
    expect(await counted()).toBe(0);
  });

  test('keeps seven whole days', async () => {
    await sweep();
    await leave(1, 'kept', 'room', app.time);
    await owner('update outbox set published_at = now()');
    after(7 * dayMs);
    await sweep();
    expect(await counted()).toBe(1);
    after(dayMs);
    await sweep();
    expect(await counted()).toBe(0);
  });

  test('never drops a waiting or parked row: it becomes a stray, and its place stays first', async () => {
    await sweep();
    await leave(2, 'old', 'room', app.time);
    await owner(`update outbox set parked_at = now(), attempts = 5 where id = 'old 00001'`);
    after(8 * dayMs);
    app.queueDown = true;
    await expect(sweep()).rejects.toThrow('ECONNREFUSED');
    app.queueDown = false;
    judge = () => 'fail';
    expect((await sweep()).forgotten).toBeGreaterThanOrEqual(1);
    await leave(1, 'new');
    expect(await owner(`select id, tableoid::regclass::text as part from outbox where id like 'old %' order by position`)).toEqual([
      { id: 'old 00001', part: 'outbox_days.strays' },
      { id: 'old 00002', part: 'outbox_days.strays' },
    ]);
    judge = () => 'take';
    await sweep();
    expect(sent.map(({ id }) => id)).toEqual(['old 00002', 'new 00001']);
  });

  test('makes today and the next three days, once, and moves rows there that came without a day', async () => {
    after(100 * dayMs);
    await leave(5, 'early', 'room', app.time);
    expect(await owner('select distinct tableoid::regclass::text as part from outbox')).toEqual([{ part: 'outbox_days.strays' }]);
    await sweep();
    const made = await days();
    await sweep();
    expect(await days()).toEqual(made);
    const names = [0, 1, 2, 3].map(
      (ahead) => `outbox_days.d${new Date(app.time.getTime() + ahead * dayMs).toISOString().slice(0, 10).replaceAll('-', '')}`,
    );
    expect(made.slice(-4)).toEqual(names);
    expect(await owner('select distinct tableoid::regclass::text as part from outbox')).toEqual([{ part: names[0] }]);
  });

  test('deletes old published rows of days without a table, in batches', async () => {
    after(100 * dayMs);
    await leave(12_000, 'stray', 'room', new Date(app.time.getTime() - 10 * dayMs));
    await owner(`update outbox set published_at = now() where id <> 'stray 00001'`);
    judge = () => 'fail';
    expect((await sweep()).forgotten).toBeGreaterThanOrEqual(11_999);
    expect(await owner('select id from outbox')).toEqual([{ id: 'stray 00001' }]);
  });

  test('gives a day with more than 10,000 strays no table, and posts go on', async () => {
    after(100 * dayMs);
    await leave(10_001, 'many', 'room', app.time);
    judge = () => 'fail';
    await sweep();
    const today = `outbox_days.d${app.time.toISOString().slice(0, 10).replaceAll('-', '')}`;
    expect(await days()).not.toContain(today);
    await postEvent(observed(), ada, { streamId: stream.id, text: 'still here', mentions: [] });
    expect(await counted()).toBe(10_002);
  });

  test('waits for no lock: while a transaction holds the outbox, the sweep sends and leaves the days to the next one', async () => {
    after(100 * dayMs);
    await leave(1, 'healthy');
    await owner('begin');
    await owner('lock table only outbox in share update exclusive mode');
    try {
      expect(await sweep()).toMatchObject({ sent: 1, forgotten: 0 });
    } finally {
      await owner('rollback');
    }
    const today = `outbox_days.d${app.time.toISOString().slice(0, 10).replaceAll('-', '')}`;
    expect(await days()).not.toContain(today);
    await sweep();
    expect(await days()).toContain(today);
  });
});
