import type { TestDatabase } from './database.ts';

/** Content of every table as one hash each: equal before and after means that no row was added, changed or deleted. */
export interface StoredRows {
  /** Hashes of all workspaces, or of one. */
  hashes(workspaceId?: string): Promise<Record<string, string>>;
  /** All rows of a workspace, as one text. */
  text(workspaceId: string): Promise<string>;
}

/** Reads as the owner of the tables, which bypasses row-level security. */
export async function createStoredRows({ owner }: Pick<TestDatabase, 'owner'>): Promise<StoredRows> {
  const { rows: tables } = await owner.query<{ name: string; key: string }>(
    `select c.relname as name, case when c.relname = 'workspaces' then 'id' else 'workspace_id' end as key from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'schema_migrations' order by 1`,
  );
  const hash = ({ name, key }: { name: string; key: string }) =>
    `(select md5(coalesce(string_agg(x::text, e'\\n' order by x::text), '')) from ${name} x where $1::text is null or x.${key} = $1) as ${name}`;
  const query = `select ${tables.map(hash).join(', ')}`;
  return {
    async hashes(workspaceId) {
      const { rows } = await owner.query<Record<string, string>>(query, [workspaceId ?? null]);
      return rows[0] ?? {};
    },
    async text(workspaceId) {
      const texts: string[] = [];
      for (const { name, key } of tables) {
        const { rows } = await owner.query<{ row: string }>(`select x::text as row from ${name} x where x.${key} = $1`, [workspaceId]);
        texts.push(...rows.map(({ row }) => row));
      }
      return texts.join('\n');
    },
  };
}
