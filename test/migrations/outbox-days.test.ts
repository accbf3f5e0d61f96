import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrate } from '../../functions/platform/migrate.ts';
import { checksumsOf } from '../../scripts/schema/checksums.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';

const directory = join(import.meta.dirname, '../../migrations');
const name = '0013_outbox_by_day';
const dayMs = 24 * 3_600_000;
const today = new Date();

let database: TestDatabase;
let role: pg.Client;
const connectionOf = ({ owner, name: called }: TestDatabase) => ({ host: owner.host, port: owner.port, database: called });
const asRole = async (of: TestDatabase) => {
  const client = new pg.Client({ ...connectionOf(of), user: 'streambed_app', password: 'app' });
  await client.connect();
  return client;
};
const owner = async <Row extends object>(sql: string, values: unknown[] = [], of = database) =>
  (await of.owner.query<Row & {}>(sql, values)).rows;
const inWorkspace = async (client: pg.Client, workspaceId: string, sql: string, values: unknown[] = []) => {
  await client.query('begin');
  try {
    await client.query(`select set_config('app.workspace_id', $1, true)`, [workspaceId]);
    const { rows } = await client.query<Record<string, unknown>>(sql, values);
    await client.query('commit');
    return rows;
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
};
const insert = `insert into outbox (id, workspace_id, room, payload, created_at) values ($1, $2, 'room', '{}', $3)`;
const daysFrom = (days: number) => new Date(today.getTime() + days * dayMs);
const partsOf = async (of = database) =>
  (
    await owner<{ part: string }>(`select inhrelid::regclass::text as part from pg_inherits where inhparent = 'outbox'::regclass`, [], of)
  ).map(({ part }) => part);

beforeAll(async () => {
  database = await createTestDatabase();
  role = await asRole(database);
  // A row of each workspace in a day, in a day that is made later, and among the strays.
  for (const workspaceId of ['mine', 'other'])
    for (const days of [0, 5, 90]) await inWorkspace(role, workspaceId, insert, [`${workspaceId} ${days}`, workspaceId, daysFrom(days)]);
  await role.query('select outbox_make_days($1, 0)', [daysFrom(5)]);
});
afterAll(async () => {
  await role.end();
  await database.drop();
});

describe('The days of the outbox', () => {
  test('hold the rows: one in a day of the migration, one moved to a day that was made later, one stray', async () => {
    const rows = await owner<{ part: string }>(`select distinct tableoid::regclass::text as part from outbox where workspace_id = 'mine'`);
    expect(rows).toHaveLength(3);
    expect(rows.map(({ part }) => part)).toContain('outbox_days.strays');
  });

  test('show the functions the rows of one workspace, whichever day they are of', async () => {
    for (const [workspaceId, other] of [
      ['mine', 'other'],
      ['other', 'mine'],
    ] as const) {
      const rows = await inWorkspace(role, workspaceId, 'select id from outbox order by position');
      expect(rows.map(({ id }) => id)).toEqual([0, 5, 90].map((days) => `${workspaceId} ${days}`));
      for (const days of [0, 5, 90])
        await expect(inWorkspace(role, workspaceId, insert, ['x', other, daysFrom(days)])).rejects.toThrow(
          'new row violates row-level security policy for table "outbox"',
        );
    }
    expect(await inWorkspace(role, '', 'select id from outbox')).toEqual([]);
  });

  test('are closed to the functions by name: no use of the schema, no grant on a table, row-level security without a policy', async () => {
    const parts = await partsOf();
    expect(parts.length).toBeGreaterThanOrEqual(6);
    for (const part of parts) {
      for (const sql of [`select * from ${part}`, `delete from ${part}`, `drop table ${part}`, `insert into ${part} default values`])
        await expect(inWorkspace(role, 'mine', sql)).rejects.toMatchObject({ code: '42501' });
      const [found] = await owner(
        `select relrowsecurity as secured, (select count(*)::int from pg_policy where polrelid = oid) as policies,
           (select count(*)::int from aclexplode(relacl) where grantee <> relowner) as grants
         from pg_class where oid = $1::regclass`,
        [part],
      );
      expect({ part, ...found }).toEqual({ part, secured: true, policies: 0, grants: 0 });
    }
    const [schema] = await owner(`select has_schema_privilege('streambed_app', 'outbox_days', 'usage, create') as open`);
    expect(schema).toEqual({ open: false });
  });

  test.each([
    'select * from outbox_days()',
    'create table outbox_days.mine (id text)',
    'alter table outbox detach partition outbox_days.strays',
  ])('do not let the functions %s', async (sql) => {
    await expect(inWorkspace(role, 'mine', sql)).rejects.toMatchObject({ code: '42501' });
  });

  test('are dropped by a call of the functions only as far as they are sent', async () => {
    await role.query('select outbox_drop_days($1)', [daysFrom(30)]);
    expect(await owner('select count(*)::int as n from outbox')).toEqual([{ n: 6 }]);
    expect(await partsOf()).toEqual(['outbox_days.strays']);
    await role.query('select outbox_make_days($1, 3)', [today]);
    expect(await partsOf()).toHaveLength(5);
  });
});

test('posts never fail and no row is lost while days are made and dropped beside them', async () => {
  const traffic = { isOver: false, ids: [] as string[] };
  const writers = Array.from({ length: 4 }, async (_, writer) => {
    const client = await asRole(database);
    try {
      for (let n = 0; !traffic.isOver; n++) {
        const id = `busy ${writer} ${n}`;
        const at = daysFrom(200 + (n % 12));
        await inWorkspace(client, 'busy', insert, [id, 'busy', at]);
        traffic.ids.push(id);
        if (n % 2 > 0) await client.query('select outbox_mark_published($1, $2, $2, now())', [[id], at]);
      }
    } finally {
      await client.end();
    }
  });
  let changed = 0;
  for (let round = 0; round < 30; round++) {
    for (const call of ['select outbox_make_days($1, 3) as n', 'select outbox_drop_days($1) as n']) {
      const { rows } = await role.query<{ n: number }>(call, [daysFrom(200 + (round % 12))]);
      changed += rows[0]?.n ?? 0;
    }
  }
  traffic.isOver = true;
  await Promise.all(writers);
  expect(changed).toBeGreaterThan(20);
  const unsent = traffic.ids.filter((id) => Number(id.split(' ')[2]) % 2 === 0);
  const kept = await owner<{ id: string }>(`select id from outbox where workspace_id = 'busy' and published_at is null`);
  expect(new Set(kept.map(({ id }) => id))).toEqual(new Set(unsent));
  expect(kept).toHaveLength(unsent.length);
});

describe('The migration', () => {
  const run = (of: TestDatabase, from: string) =>
    migrate({
      owner: { ...connectionOf(of), user: 'streambed_owner', password: 'owner' },
      passwords: { streambed_app: 'app' },
      directory: from,
    });
  /** A database of the version before, filled, then migrated. */
  const upgraded = async (fill: (of: TestDatabase) => Promise<unknown>): Promise<TestDatabase> => {
    const of = await createTestDatabase('template1');
    const before = mkdtempSync(join(tmpdir(), 'streambed-migrations-'));
    try {
      const files = Object.keys(checksumsOf(directory));
      for (const file of files.slice(0, files.indexOf(`${name}.sql`))) cpSync(join(directory, file), join(before, file));
      await run(of, before);
      await fill(of);
      await run(of, directory);
    } finally {
      rmSync(before, { recursive: true });
    }
    return of;
  };
  const columns = 'id, position, workspace_id, room, topic, payload, seq, created_at, published_at, xid::text';

  test('keeps each row with its place, and goes on counting behind them', async () => {
    let rows: object[] = [];
    const of = await upgraded(async (filled) => {
      await owner(
        `insert into outbox (id, workspace_id, room, payload, seq, created_at, published_at)
         select 'row ' || n, 'w' || n % 3, 'room', '{"userIds": null}', null, now() - (n - 50) * interval '1 hour', case when n % 7 > 0 then now() end
         from generate_series(1, 300) n`,
        [],
        filled,
      );
      rows = await owner(`select ${columns} from outbox order by position`, [], filled);
    });
    try {
      expect(await owner(`select ${columns} from outbox order by position`, [], of)).toEqual(rows);
      const client = await asRole(of);
      await inWorkspace(client, 'w1', insert, ['new', 'w1', new Date()]);
      expect(await owner(`select position, tableoid::regclass::text as part from outbox where id = 'new'`, [], of)).toEqual([
        { position: 301, part: 'outbox_days.before' },
      ]);
      expect(await inWorkspace(client, 'w1', `select count(*)::int as n from outbox where workspace_id <> 'w1'`)).toEqual([{ n: 0 }]);
      // The functions of the version before, which runs during the deployment.
      const waiting = await client.query<{ id: string }>('select id from outbox_unpublished($1, 1000)', [daysFrom(90)]);
      const expected = Array.from({ length: 42 }, (_, n) => `row ${(n + 1) * 7}`);
      expect(waiting.rows.map(({ id }) => id)).toEqual([...expected, 'new']);
      await client.query('select outbox_mark_published($1, now())', [[...expected, 'new']]);
      expect((await client.query('select id from outbox_unpublished($1, 1000)', [daysFrom(90)])).rows).toEqual([]);
      // The table of before is dropped like any day.
      await client.query('select outbox_drop_days($1)', [daysFrom(90)]);
      expect(await owner('select count(*)::int as n from outbox', [], of)).toEqual([{ n: 0 }]);
      await client.end();
    } finally {
      await of.drop();
    }
  });

  test('leaves no table of before where the outbox was empty', async () => {
    const of = await upgraded(async () => undefined);
    try {
      const parts = await partsOf(of);
      expect(parts).toHaveLength(5);
      expect(parts).not.toContain('outbox_days.before');
    } finally {
      await of.drop();
    }
  });
});
