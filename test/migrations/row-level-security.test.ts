import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { createTestApp } from '../support/app.ts';
import type { TestApp } from '../support/app.ts';
import { furnish } from '../support/furnished.ts';

/** Tables of the migration tool, for the owner only. */
const ownersOnly = ['schema_migrations'];

let app: TestApp;
let role: pg.Client;
let tables: string[];
const workspaces: string[] = [];

/** Creates a workspace with at least one row in every table. */
async function fill(marker: string): Promise<void> {
  const { workspaceId, streams } = await furnish(app, marker);
  await app.test.owner.query(
    `insert into announced_pointers (stream_id, workspace_id, head, counts_rev, reply_count, announced_at) values ($1, $2, 1, 0, 0, now())`,
    [streams.general.id, workspaceId],
  );
  await app.test.owner.query(
    `insert into imports (workspace_id, source_workspace_id, exported_at, started_at) values ($1, 'ws_another', now(), now())`,
    [workspaceId],
  );
  await app.test.owner.query(`insert into share_refreshes (original_event_id, workspace_id, lease_ends_at) values ($1, $2, now())`, [
    `evt_of_${workspaceId}`,
    workspaceId,
  ]);
  workspaces.push(workspaceId);
}

const owner = async <Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []) =>
  (await app.test.owner.query<Row>(sql, values)).rows;
const workspaceColumn = (table: string) => (table === 'workspaces' ? 'id' : 'workspace_id');

/** Result of a statement as the functions' role, in a transaction that is bound to a workspace; undefined binds it to none. */
async function asApp(workspaceId: string | undefined, sql: string, values: unknown[] = []): Promise<pg.QueryResult> {
  await role.query('begin');
  try {
    if (workspaceId !== undefined) await role.query(`select set_config('app.workspace_id', $1, true)`, [workspaceId]);
    return await role.query(sql, values);
  } finally {
    await role.query('rollback');
  }
}

beforeAll(async () => {
  app = await createTestApp();
  await fill('amberfox');
  await fill('blueheron');
  role = new pg.Client({
    host: app.test.owner.host,
    port: app.test.owner.port,
    database: app.test.name,
    user: 'streambed_app',
    password: 'app',
  });
  await role.connect();
  const rows = await owner<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by 1`,
  );
  tables = rows.map(({ name }) => name).filter((name) => !ownersOnly.includes(name));
});
afterAll(async () => {
  await role.end();
  await app.test.drop();
});

/** Tables that the functions' role may update or delete from; all others are append-only. */
const allowed = async (what: 'update' | 'delete'): Promise<string[]> => {
  const rows = await owner<{ name: string }>(
    `select t as name from unnest($1::text[]) t where has_table_privilege('streambed_app', t, $2)`,
    [tables, what],
  );
  return rows.map(({ name }) => name);
};

describe('A transaction of the functions', () => {
  test('has rows to miss: every table holds some of both workspaces', async () => {
    expect(tables.length).toBeGreaterThanOrEqual(20);
    for (const table of tables) {
      const found = await owner<{ workspace: string }>(`select distinct ${workspaceColumn(table)} as workspace from ${table} order by 1`);
      expect({ table, workspaces: found.map(({ workspace }) => workspace) }).toEqual({ table, workspaces: workspaces.toSorted() });
    }
  });

  test.each([undefined, '', 'ws_of_somebody_else'])('sees empty tables when app.workspace_id is %p', async (workspaceId) => {
    for (const table of tables)
      expect({ table, rows: (await asApp(workspaceId, `select * from ${table}`)).rows }).toEqual({ table, rows: [] });
  });

  test('sees all of its own workspace and nothing of the other', async () => {
    for (const workspaceId of workspaces) {
      for (const table of tables) {
        const { rows } = await asApp(workspaceId, `select ${workspaceColumn(table)} as workspace from ${table}`);
        const own = await owner(`select from ${table} where ${workspaceColumn(table)} = $1`, [workspaceId]);
        expect({ table, rows }).toEqual({ table, rows: own.map(() => ({ workspace: workspaceId })) });
      }
    }
  });

  test('forgets its workspace when it ends', async () => {
    await asApp(workspaces[0], 'select 1');
    expect((await role.query('select * from streams')).rows).toEqual([]);
  });

  test('changes nothing of another workspace', async () => {
    const [mine, other] = workspaces;
    for (const table of await allowed('update')) {
      const column = workspaceColumn(table);
      const { rowCount } = await asApp(mine, `update ${table} set ${column} = ${column} where ${column} = $1`, [other]);
      expect({ table, rowCount }).toEqual({ table, rowCount: 0 });
    }
    for (const table of await allowed('delete')) {
      const { rowCount } = await asApp(mine, `delete from ${table} where ${workspaceColumn(table)} = $1`, [other]);
      expect({ table, rowCount }).toEqual({ table, rowCount: 0 });
    }
  });

  test('can neither add a row to another workspace nor move one there', async () => {
    const [mine, other] = workspaces;
    const movable = await allowed('update');
    for (const table of tables) {
      const [row] = await owner<Record<string, unknown>>(`select * from ${table} where ${workspaceColumn(table)} = $1 limit 1`, [other]);
      const given = await owner<{ name: string }>(
        `select column_name as name from information_schema.columns
         where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER' and is_identity = 'NO'`,
        [table],
      );
      const columns = given.map(({ name }) => name);
      const copy = `insert into ${table} (${columns.join(', ')}) select ${columns.join(', ')} from jsonb_populate_record(null::${table}, $1)`;
      await expect(asApp(mine, copy, [JSON.stringify(row)])).rejects.toThrow(
        `new row violates row-level security policy for table "${table}"`,
      );
      if (!movable.includes(table)) continue;
      const move = `update ${table} set ${workspaceColumn(table)} = $1`;
      await expect(asApp(mine, move, [other])).rejects.toThrow(`new row violates row-level security policy for table "${table}"`);
    }
  });
});

describe('The search for words', () => {
  const search = 'select event_id, stream_id from search_words($1, null, $2, null, null, 1000)';
  const streamsOf = async (workspaceId: string | undefined) =>
    (await owner<{ id: string }>('select id from streams where workspace_id = $1', [workspaceId])).map(({ id }) => id);

  test('passes row-level security, but not out of the workspace', async () => {
    const [mine, other] = workspaces;
    const own = await streamsOf(mine);
    const { rows } = await asApp(mine, search, ['amberfox', null]);
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.filter(({ stream_id: id }: { stream_id: string }) => !own.includes(id))).toEqual([]);
    expect((await asApp(mine, search, ['blueheron', null])).rows).toEqual([]);
    for (const streamId of await streamsOf(other)) expect((await asApp(mine, search, ['hello or blueheron', streamId])).rows).toEqual([]);
  });
  test.each([undefined, '', 'ws_of_somebody_else'])('finds nothing when app.workspace_id is %p', async (workspaceId) => {
    expect((await asApp(workspaceId, search, ['amberfox or blueheron', null])).rows).toEqual([]);
  });
});

describe('The search for messages of a reader', () => {
  const search = 'select event_id, stream_id from search_messages($1, $2, null, null, null, null)';
  const readersOf = async (workspaceId: string | undefined) =>
    (await owner<{ id: string }>('select user_id as id from workspace_members where workspace_id = $1', [workspaceId])).map(({ id }) => id);

  test('stays in the workspace, and knows its members only', async () => {
    const [mine, other] = workspaces;
    const own = await owner<{ id: string }>('select id from streams where workspace_id = $1', [mine]);
    let hits = 0;
    for (const reader of await readersOf(mine)) {
      const { rows } = await asApp(mine, search, ['amberfox or blueheron', reader]);
      hits += rows.length;
      expect(rows.filter(({ stream_id: id }: { stream_id: string }) => !own.some((stream) => stream.id === id))).toEqual([]);
    }
    expect(hits).toBeGreaterThan(5);
    expect((await asApp(mine, search, ['amberfox', 'nobody'])).rows).toEqual([]);
    expect((await asApp(mine, search, ['blueheron', (await readersOf(other))[0]])).rows).toEqual([]);
  });
  test.each([undefined, '', 'ws_of_somebody_else'])('finds nothing when app.workspace_id is %p', async (workspaceId) => {
    for (const reader of await readersOf(workspaces[0]))
      expect((await asApp(workspaceId, search, ['amberfox or blueheron or -hello', reader])).rows).toEqual([]);
  });
});

describe('The role of the functions', () => {
  test('cannot pass row-level security, and may make nothing', async () => {
    const [found] = await owner(
      `select rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication, rolinherit,
         (select count(*)::int from pg_auth_members m where m.member = r.oid) as memberships
       from pg_roles r where rolname = 'streambed_app'`,
    );
    expect(found).toMatchObject({
      rolsuper: false,
      rolbypassrls: false,
      rolcreatedb: false,
      rolcreaterole: false,
      rolreplication: false,
      memberships: 0,
    });
  });

  test('owns nothing', async () => {
    const owned = await owner(
      `select classid::regclass::text as kind, objid from pg_shdepend
       where refclassid = 'pg_authid'::regclass and refobjid = 'streambed_app'::regrole and deptype = 'o'`,
    );
    expect(owned).toEqual([]);
  });

  test.each([
    'update outbox set published_at = now()',
    'delete from outbox',
    'truncate outbox',
    'delete from stream_events',
    'delete from streams',
    'truncate users',
    'drop table streams',
    'alter table streams disable row level security',
    'create table mine (id text)',
    'select * from schema_migrations',
    'set role streambed_owner',
  ])('is not allowed to %s', async (sql) => {
    await expect(asApp(workspaces[0], sql)).rejects.toMatchObject({ code: '42501' });
  });

  test('may only mark and forget outbox rows by the functions made for it', async () => {
    const outbox = () => owner<{ id: string; sent: boolean }>('select id, published_at is not null as sent from outbox order by position');
    const waiting = await role.query<{ id: string; workspace_id: string }>('select * from outbox_unpublished($1, 100)', ['2100-01-01']);
    expect(waiting.rows.map(({ id }) => id)).toEqual((await outbox()).filter(({ sent }) => !sent).map(({ id }) => id));
    await owner('update outbox set published_at = null');
    const [first, ...others] = await outbox();
    await role.query('select outbox_mark_published($1, now())', [[first?.id]]);
    expect(await outbox()).toEqual([{ id: first?.id, sent: true }, ...others]);
    // Unsent rows are never deleted, however old.
    expect((await role.query('select outbox_forget($1, 1000) as gone', ['2100-01-01'])).rows).toEqual([{ gone: 1 }]);
    expect(await outbox()).toEqual(others);
  });
});

describe('Every table', () => {
  test('has row-level security, and a policy on its workspace for reading and writing', async () => {
    const found = await owner<{ name: string; secured: boolean; policies: object[] }>(
      `select c.relname as name, c.relrowsecurity as secured,
         (select coalesce(jsonb_agg(jsonb_build_object('for', polcmd, 'permissive', polpermissive, 'using', pg_get_expr(polqual, polrelid), 'check', pg_get_expr(polwithcheck, polrelid))), '[]')
          from pg_policy p where p.polrelid = c.oid) as policies
       from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`,
    );
    for (const { name, secured, policies } of found.filter((table) => !ownersOnly.includes(table.name))) {
      const rule = `(${workspaceColumn(name)} = app_workspace_id())`;
      expect({ name, secured, policies }).toEqual({
        name,
        secured: true,
        policies: [{ for: '*', permissive: true, using: rule, check: rule }],
      });
    }
  });

  test('names its workspace, except the one of the workspaces', async () => {
    const nameless = await owner<{ name: string }>(
      `select c.relname as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
       and not exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'workspace_id' and a.attnotnull)`,
    );
    expect(nameless.map(({ name }) => name).toSorted()).toEqual([...ownersOnly, 'workspaces']);
  });

  test('refers to no other by a foreign key: references are kept whole by the code', async () => {
    expect(await owner(`select conname from pg_constraint where contype = 'f'`)).toEqual([]);
  });
});
