import type pg from 'pg';
import { StreamId, WorkspaceId } from '../../contract/ids.ts';

/** Id of the nth object of a kind: ascending, as real ids are, and predictable. */
const nth = (prefix: string, n: number) => `${prefix}_${String(n).padStart(26, '0')}`;
export const nthStream = (n: number): StreamId => StreamId.parse(nth('str', n));
export const theWorkspace: WorkspaceId = WorkspaceId.parse(nth('ws', 1));
export const nthUser = (n: number): string => `user-${n}`;

/** The same ids as SQL expressions. */
export const ids = {
  stream: (n: string) => `'str_' || lpad((${n})::text, 26, '0')`,
  event: (n: string) => `'evt_' || lpad((${n})::text, 26, '0')`,
  notification: (n: string) => `'ntf_' || lpad((${n})::text, 26, '0')`,
  user: (n: string) => `'user-' || (${n})`,
};

/** End of the seeded history. */
export const seededUntil = '2026-11-20T12:00:00Z';

/** A workspace with members, the first of them its owner. */
export async function seedWorkspace(owner: pg.Client, members: number): Promise<void> {
  const { rows } = await owner.query<{ now: Date }>(`insert into workspaces (id, name, gen, created_at)
    values ('${theWorkspace}', 'Bench', 'g1', '${seededUntil}') returning created_at as now`);
  if (rows.length !== 1) throw new Error('The workspace was not made');
  await owner.query(
    `insert into users (workspace_id, id, name, email, created_at, updated_at)
     select $1, ${ids.user('i')}, 'Person ' || i, 'person' || i || '@example.test', $2, $2 from generate_series(1, $3::int) i`,
    [theWorkspace, seededUntil, members],
  );
  await owner.query(
    `insert into workspace_members (workspace_id, user_id, role, joined_at)
     select $1, ${ids.user('i')}, case i when 1 then 'owner' else 'member' end, $2 from generate_series(1, $3::int) i`,
    [theWorkspace, seededUntil, members],
  );
}

/** Drops the indexes of a table that are not constraints, runs `fill`, and creates them again. Bulk inserts are faster that way. */
export async function withoutIndexes(owner: pg.Client, table: string, fill: () => Promise<unknown>): Promise<void> {
  const { rows } = await owner.query<{ name: string; definition: string }>(
    `select c.relname as name, pg_get_indexdef(i.indexrelid) as definition from pg_index i join pg_class c on c.oid = i.indexrelid
     where i.indrelid = $1::regclass and not i.indisprimary`,
    [table],
  );
  for (const { name } of rows) await owner.query(`drop index ${name}`);
  await fill();
  for (const { definition } of rows) await owner.query(definition);
}
