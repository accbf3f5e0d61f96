import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type DatabasePurpose, databaseRoles } from '../../contract/names.ts';
import type { Database } from '../../functions/platform/database.ts';
import { createTestApp } from '../support/app.ts';
import type { TestApp } from '../support/app.ts';
import { furnish } from '../support/furnished.ts';

let app: TestApp;
let workspaceId: string;
const opened = new Map<DatabasePurpose, Database>();
const as = (purpose: DatabasePurpose): Database => {
  const db = opened.get(purpose) ?? app.test.open(purpose);
  opened.set(purpose, db);
  return db;
};

beforeAll(async () => {
  app = await createTestApp();
  workspaceId = (await furnish(app, 'amberfox')).workspaceId;
});
afterAll(() => app.test.drop());

/** Privileges of a role on each table: s, i, u, d, and `u(column)` for single columns. Tables without any are left out. */
async function grantsOf(purpose: DatabasePurpose): Promise<Record<string, string>> {
  const { rows } = await app.test.owner.query<{ name: string; what: string }>(
    `with tables as (
       select relname as name, oid from pg_class
       where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition and relname <> 'schema_migrations'
     ), whole as (
       select name, oid, concat(
         case when has_table_privilege($1, oid, 'select') then 's' end, case when has_table_privilege($1, oid, 'insert') then 'i' end,
         case when has_table_privilege($1, oid, 'update') then 'u' end, case when has_table_privilege($1, oid, 'delete') then 'd' end) as what
       from tables
     )
     select name, what || coalesce((
       select string_agg(' u(' || attname || ')', '' order by attname) from pg_attribute
       where attrelid = oid and attnum > 0 and what !~ 'u' and has_column_privilege($1, oid, attnum, 'update')), '') as what
     from whole order by name`,
    [databaseRoles[purpose]],
  );
  return Object.fromEntries(rows.filter(({ what }) => what !== '').map(({ name, what }) => [name, what]));
}

/** Tables that a worker reads only, or changes the revision of. */
const workerReads: Record<string, string> = {
  users: 's',
  workspaces: 's u(rev)',
  workspace_members: 's u(rev)',
  providers: 's',
  files: 's',
};
/** Rights that only retention needs, which runs as app: it deletes texts, and puts another id in place of a member's. */
const ofRetention: Record<string, string> = {
  event_versions: 'd',
  mentions: 'u',
  poll_votes: 'u',
  polls: 'd',
  reactions: 'u',
  shared_refs: 'd',
  text_messages: 'd',
};
const searchReads = [
  'workspaces',
  'workspace_members',
  'users',
  'streams',
  'stream_members',
  'stream_events',
  'text_messages',
  'shared_refs',
  'files',
  'polls',
  'poll_votes',
  'reactions',
  'event_versions',
  'providers',
];

describe('The roles by purpose', () => {
  test('app: every table, and none can be emptied', async () => {
    const grants = await grantsOf('app');
    const { rows } = await app.test.owner.query<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
       and relname <> 'schema_migrations'`,
    );
    expect(Object.keys(grants).toSorted()).toEqual(rows.map(({ name }) => name).toSorted());
  });

  test('worker: what follows from events as app does, people and workspaces by revision only, no keys and no imports', async () => {
    const { api_keys: _keys, imports: _imports, ...others } = await grantsOf('app');
    const withoutRetention = Object.fromEntries(
      Object.entries(others).map(([table, rights]) => [table, rights.replace(ofRetention[table] ?? '', '')]),
    );
    expect(await grantsOf('worker')).toEqual({ ...withoutRetention, ...workerReads, purges: 's' });
  });

  test('search: reads messages and who may read them, and writes nothing', async () => {
    expect(await grantsOf('search')).toEqual(Object.fromEntries(searchReads.map((name) => [name, 's'])));
  });

  test('operations: no table at all', async () => {
    expect(await grantsOf('operations')).toEqual({});
  });

  test('own nothing, make nothing, and are bound by row-level security', async () => {
    const roles = Object.values(databaseRoles);
    const { rows } = await app.test.owner.query(
      `select rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication,
         (select count(*)::int from pg_auth_members m where m.member = r.oid) as memberships,
         (select count(*)::int from pg_shdepend d where d.refobjid = r.oid and d.deptype = 'o') as owned
       from pg_roles r where rolname = any ($1) order by 1`,
      [roles],
    );
    const no = { rolsuper: false, rolbypassrls: false, rolcreatedb: false, rolcreaterole: false, rolreplication: false };
    expect(rows).toEqual(roles.toSorted().map((rolname) => ({ rolname, ...no, memberships: 0, owned: 0 })));
  });

  test('alone see what waits in the outbox of all workspaces: operations, and app until no deployed code needs it', async () => {
    const { rows } = await app.test.owner.query<{ role: string }>(
      `select distinct r as role from unnest($1::text[]) r, pg_proc p
       where p.proname = 'outbox_unpublished' and has_function_privilege(r, p.oid, 'execute') order by 1`,
      [Object.values(databaseRoles)],
    );
    expect(rows.map(({ role }) => role)).toEqual(['streambed_app', 'streambed_operations']);
  });
});

describe('A function', () => {
  const denied = { code: '42501' };

  test('of operations reads no message, whatever workspace it names', async () => {
    for (const table of ['text_messages', 'stream_events', 'api_keys', 'outbox'])
      await expect(as('operations').transaction({ workspaceId }, (tx) => tx.query(`select * from ${table}`, []))).rejects.toMatchObject(
        denied,
      );
    await expect(as('operations').query('select search_words($1, null, null, null, null, 10)', ['amberfox'])).rejects.toMatchObject(denied);
    expect(await as('operations').query('select 1 as one', [])).toEqual([{ one: 1 }]);
  });

  test('of a worker makes no key, and changes no role', async () => {
    for (const sql of [
      'select secret_hash from api_keys',
      `update workspace_members set role = 'owner'`,
      'update workspace_members set removed_at = null',
      `update users set email = 'eve@example.org'`,
      `update workspaces set name = 'Eve'`,
    ])
      await expect(as('worker').transaction({ workspaceId }, (tx) => tx.query(sql, []))).rejects.toMatchObject(denied);
    await as('worker').transaction({ workspaceId }, (tx) => tx.query('update workspace_members set rev = rev where false', []));
  });

  test('of search changes nothing, and sees one workspace', async () => {
    const sql = 'select distinct workspace_id from text_messages';
    expect(await as('search').transaction({ workspaceId }, (tx) => tx.query(sql, []))).toEqual([{ workspace_id: workspaceId }]);
    expect(await as('search').transaction({ workspaceId: 'ws_of_somebody_else' }, (tx) => tx.query(sql, []))).toEqual([]);
    const write = 'update streams set last_seq = 0';
    await expect(as('search').transaction({ workspaceId }, (tx) => tx.query(write, []))).rejects.toMatchObject({ code: '25006' });
    const undone = as('search').transaction({ workspaceId }, async (tx) => {
      await tx.query('set transaction read write', []);
      return tx.query(write, []);
    });
    await expect(undone).rejects.toMatchObject(denied);
    const [limits] = await as('search').query(
      `select current_setting('statement_timeout') as most, current_setting('default_transaction_read_only') as "readOnly"`,
      [],
    );
    expect(limits).toEqual({ most: '5s', readOnly: 'on' });
  });
});
