import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { StreamEvent } from '../../../contract/event.ts';
import { newId, UserId, WorkspaceId } from '../../../contract/ids.ts';
import { SearchQuery } from '../../../contract/search.ts';
import { searchEvents } from '../../../functions/streams/reading/search-events.ts';
import { restSearchPlace, takeSearchPlace } from '../../../functions/streams/reading/search-places.ts';
import { searchVisible } from '../../../functions/streams/reading/search-store.ts';
import { createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { createTeam } from '../../support/team.ts';
import type { Team, Teammate } from '../../support/team.ts';

let app: TestApp;
let team: Team;
let ada: Teammate;
let bob: Teammate;
beforeAll(async () => {
  app = await createTestApp();
  team = await createTeam(app);
  ada = await team.join('ada', 'owner');
  bob = await team.join('bob');
});
afterAll(() => app.test.drop());

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Stores messages of a member in a stream, without the use case, each with the time of its text's entry. */
async function store(of: Team, stream: { id: string }, texts: readonly (readonly [text: string, timeMs: number])[]): Promise<void> {
  const rows = texts.map(([text, timeMs]) => ({ id: newId('event', timeMs), text, time: new Date(timeMs).toISOString() }));
  await app.test.owner.query(
    `with given as (select row_number() over () as n, * from jsonb_to_recordset($3::jsonb) as r(id text, text text, time timestamptz)),
     place as (select last_seq from streams where id = $2),
     said as (insert into text_messages (id, workspace_id, content) select id, $1, text from given),
     event as (
       insert into stream_events (id, workspace_id, stream_id, seq, changed_seq, ordinal, event_type, actor_id, client_event_id, content_type,
         content_id, created_at)
       select g.id, $1, $2, p.last_seq + n, p.last_seq + n, p.last_seq + n, 'message', 'ada', g.id, 'text_message', g.id, g.time from given g, place p
     )
     update streams set last_seq = last_seq + (select count(*) from given), message_count = message_count + (select count(*) from given)
     where id = $2`,
    [of.workspaceId, stream.id, JSON.stringify(rows)],
  );
}
const now = () => Date.now();
const many = (count: number, text: string, timeMs = now()) => Array.from({ length: count }, (_, i) => [`${text} ${i}`, timeMs] as const);

const found = async (who: Teammate, q: string, more: Record<string, string> = {}): Promise<string[]> => {
  const texts: string[] = [];
  let cursor: string | null = null;
  do {
    const query = { q, limit: '50', ...more, ...(cursor !== null && { cursor }) };
    const { body } = await who.call('GET', '/search', undefined, query);
    const page = body as { items: { event: StreamEvent }[]; nextCursor: string | null };
    texts.push(...page.items.map(({ event }) => event.content?.text ?? ''));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return texts;
};
const callerOf = (of: Team, who: Teammate) =>
  ({ kind: 'user', workspaceId: WorkspaceId.parse(of.workspaceId), userId: UserId.parse(who.id) }) as const;

/** Messages that a search reads from the table, whatever it returns. */
async function messagesRead(of: Team, who: Teammate, q: string): Promise<number> {
  return app.db.transaction({ workspaceId: of.workspaceId }, async (tx) => {
    const read = async () => {
      const [row] = await tx.query<{ rows: number }>(
        `select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) as rows from pg_stat_xact_user_tables where relname = 'text_messages'`,
        [],
      );
      return row?.rows ?? 0;
    };
    const before = await read();
    await searchVisible(tx, who.id, { q, offset: 0, limit: 20 });
    return (await read()) - before;
  });
}

describe('access comes first', () => {
  test('2,050 hits in the private channel of others hide none of one’s own three', async () => {
    const secret = await ada.channel('Secret', { visibility: 'private' });
    const open = await ada.channel('Open');
    await store(team, open, many(3, 'basalt seen', now() - 40 * dayMs));
    await store(team, secret, many(2_050, 'basalt basalt basalt hidden'));
    expect((await found(bob, 'basalt')).toSorted()).toEqual(['basalt seen 0', 'basalt seen 1', 'basalt seen 2']);
    expect(await found(bob, 'basalt', { in: secret.id })).toEqual([]);
    expect((await found(ada, 'basalt')).length).toBeGreaterThan(1_000);
  });

  test('a guest, a thread, a former member: each finds what they may read', async () => {
    const gus = await team.join('gus', 'guest');
    const open = await ada.channel('Doors');
    const secret = await ada.channel('Walls', { visibility: 'private' });
    await ada.call('POST', `/streams/${secret.id}/members`, { userIds: ['bob'] });
    const root = await ada.say(secret, 'granite root');
    await ada.say(await ada.thread(secret, root), 'granite reply');
    await ada.say(open, 'granite outside');
    expect((await found(bob, 'granite')).toSorted()).toEqual(['granite outside', 'granite reply', 'granite root']);
    expect(await found(gus, 'granite')).toEqual([]);
    await ada.call('POST', `/streams/${open.id}/members`, { userIds: ['gus'] });
    expect(await found(gus, 'granite')).toEqual(['granite outside']);
    await ada.call('DELETE', `/streams/${secret.id}/members/bob`);
    expect(await found(bob, 'granite')).toEqual(['granite outside']);
  });
});

describe('the index', () => {
  test('finds what a scan of all messages finds, for any text and any query', async () => {
    const own = await createTeam(app);
    const eve = await own.join('eve', 'owner');
    const long = 'x'.repeat(2_040);
    const texts = [
      'plain words here',
      'words plain',
      'Wörter über Straße',
      "it's a b'c quote",
      'back\\slash a\\b',
      'see https://example.com/x?y=1&z=2 and foo-bar.com',
      'mail me@example.com now',
      'running runs runner',
      'the and of',
      `${long} tail`,
      `${'long text of many words '.repeat(100)}${long}9 ending`,
      '3.14 -5 1e10 v1.2.3',
      '<b>bold</b> &amp; /usr/local/bin',
      '日本語 テキスト',
      '!!! ??? ...',
      '🙂',
    ];
    const stream = await eve.channel('All');
    await store(
      own,
      stream,
      texts.map((text, i) => [text, now() - i * 9 * dayMs]),
    );
    const queries = [
      'plain|plain words|"plain words"|"words plain"|-plain|words -plain|plain or bold|-plain or -words|"plain words" or -plain',
      `über|WÖRTER|it's|b'c|'|''|\\|a\\b|https://example.com/x?y=1&z=2|foo-bar.com|foo-bar|me@example.com|run|running|the|"the and"|of|tail`,
      'ending|many words|3.14|-5|v1.2.3|/usr/local/bin|b|日本語|!!!|🙂|absent|-absent|a & b, c|(a)|x:*|"|" "|or|or or or|- -|plain -"plain words"',
    ].flatMap((some) => some.split('|'));
    // The second time with the keys that a new index takes from stored rows, whose long texts are compressed.
    for (const q of [...queries, undefined, ...queries]) {
      if (q === undefined) {
        await app.test.owner.query('reindex index text_messages_by_keys');
        continue;
      }
      const { rows } = await app.test.owner.query<{ content: string }>(
        `select content from text_messages
         where workspace_id = $1 and words @@ (websearch_to_tsquery('simple', $2) || websearch_to_tsquery('english', $2))`,
        [own.workspaceId, q],
      );
      expect({ q, texts: (await found(eve, q)).toSorted() }).toEqual({ q, texts: rows.map(({ content }) => content).toSorted() });
    }
  });

  test('finds messages of any age, also some that claim to come from the future', async () => {
    const own = await createTeam(app);
    const eve = await own.join('eve', 'owner');
    const stream = await eve.channel('Ages');
    const hours = [-100_000, -50, 0, 5, 20, 30, 40, 90, 160, 200, 290, 400, 600, 900, 2_000, 2_200, 8_000, 9_000, 12_000, 50_000, 300_000];
    await store(
      own,
      stream,
      hours.map((age) => [`flint ${age}`, now() - age * hourMs]),
    );
    expect((await found(eve, 'flint')).toSorted()).toEqual(hours.map((age) => `flint ${age}`).toSorted());
    const at = (age: number) => new Date(now() - age * hourMs).toISOString();
    const between = hours.filter((age) => age < 1_000 && age > 100).map((age) => `flint ${age}`);
    expect((await found(eve, 'flint', { after: at(1_000), before: at(100) })).toSorted()).toEqual(between.toSorted());
    const later = hours.filter((age) => age < 250 && age >= 0).map((age) => `flint ${age}`);
    expect((await found(eve, 'flint', { after: at(250) })).toSorted()).toEqual(later.toSorted());
  });

  test('holds each word for its workspace alone: a word of others costs nothing', async () => {
    const others = await createTeam(app);
    const eve = await others.join('eve', 'owner');
    await store(others, await eve.channel('Theirs'), many(3_000, 'obsidian mica'));
    await store(team, await ada.channel('Ours'), [['mica of ours', now()]]);
    expect(await messagesRead(team, ada, 'obsidian')).toBe(0);
    expect(await messagesRead(team, ada, 'obsidian or slate')).toBe(0);
    expect(await messagesRead(team, ada, 'mica')).toBeLessThan(10);
    expect(await messagesRead(others, eve, 'mica')).toBeGreaterThan(1_000);
  });
});

describe('work is bounded', () => {
  test('a common word reads the newest messages, not all', async () => {
    const own = await createTeam(app);
    const eve = await own.join('eve', 'owner');
    const stream = await eve.channel('Busy');
    const ages = Array.from({ length: 40 }, (_, i) => i);
    for (const age of ages) await store(own, stream, many(500, `quartz day${age}`, now() - age * dayMs));
    for (const q of ['quartz', 'quartz or marble', 'quartz or day0 or day1 or day39', '-marble', '"quartz day1" or quartz'])
      expect({ q, isFew: (await messagesRead(own, eve, q)) < 10_000 }).toEqual({ q, isFew: true });
    const texts = await found(eve, 'quartz');
    expect(texts.length).toBeGreaterThanOrEqual(500);
    expect(texts.length).toBeLessThanOrEqual(5_000);
    expect(texts.filter((text) => text.includes('day0 '))).toHaveLength(500);
    expect(await found(eve, 'quartz day39')).toHaveLength(500);
  });

  test('the third search of a workspace waits, further ones are refused at once, and other workspaces go on', async () => {
    const running = [hold(), hold()];
    await Promise.all(running.map(({ taken }) => taken));
    const own = searchEvents({ db: app.test.open() }, callerOf(team, ada), SearchQuery.parse({ q: 'anything' }));
    await expect(own).rejects.toMatchObject({ code: 'rate_limited', retryAfterSeconds: 1 });
    const others = await createTeam(app);
    expect(await found(await others.join('eve', 'owner'), 'anything')).toEqual([]);
    const waiting = [hold(60_000), hold(60_000)];
    await until(async () => (await locks(false)) === 2);
    await expect(hold(60_000).taken).rejects.toMatchObject({ code: 'rate_limited' });
    for (const { end } of running) end();
    await Promise.race(waiting.map(({ taken }) => taken));
    for (const { end } of waiting) end();
    await Promise.all(waiting.map(({ taken }) => taken));
    await until(async () => (await locks(true)) === 0);
    expect(await found(ada, 'anything')).toEqual([]);
  });

  test('a second search waits a moment for the first, and then runs beside it', async () => {
    const long = hold();
    await long.taken;
    const startedAt = performance.now();
    const beside = hold();
    await beside.taken;
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(95);
    expect(await locks(false)).toBe(0);
    for (const { end } of [long, beside]) end();
    await until(async () => (await locks(true)) === 0);
  });

  test('the place of a search rests where another one waits, and not where nobody does', async () => {
    const rested = async (isWaitedFor: boolean): Promise<number> => {
      const others: ReturnType<typeof hold>[] = [];
      let startedAt = 0;
      await app.test.open().transaction({ workspaceId: team.workspaceId }, async (tx) => {
        const place = await takeSearchPlace(tx);
        expect(place).toBe('alone');
        if (isWaitedFor) {
          others.push(hold());
          await others[0]?.taken;
          others.push(hold(60_000));
          await until(async () => (await locks(false)) === 1);
        }
        startedAt = performance.now();
        restSearchPlace(tx, place, 1_000);
      });
      const tookMs = performance.now() - startedAt;
      for (const { end } of others) end();
      await until(async () => (await locks(true)) === 0);
      return tookMs;
    };
    expect(await rested(false)).toBeLessThan(900);
    expect(await rested(true)).toBeGreaterThanOrEqual(990);
  });

  test('a search that takes too long ends with advice', async () => {
    await app.test.owner.query('begin; lock table text_messages in access exclusive mode');
    try {
      const slow = searchEvents(app, callerOf(team, ada), SearchQuery.parse({ q: 'anything' }));
      await expect(slow).rejects.toMatchObject({ code: 'too_broad', message: expect.stringContaining('Add a word') });
    } finally {
      await app.test.owner.query('rollback');
    }
  });
});

/** Takes a place of the workspace for searches, in a transaction that lasts until `end` is called. */
function hold(waitMs?: number): { taken: Promise<unknown>; end: () => void } {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const { promise: taken, resolve } = Promise.withResolvers<void>();
  const transaction = app.test.open().transaction({ workspaceId: team.workspaceId }, async (tx) => {
    await takeSearchPlace(tx, waitMs);
    resolve();
    await ended;
  });
  return { taken: Promise.race([taken, transaction]), end };
}

/** Number of places that are taken, or waited for, in this database. */
async function locks(granted: boolean): Promise<number> {
  const { rows } = await app.test.owner.query<{ count: number }>(
    `select count(*) from pg_locks where locktype = 'advisory' and granted = $1
       and database = (select oid from pg_database where datname = current_database())`,
    [granted],
  );
  return Number(rows[0]?.count);
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10));
}
