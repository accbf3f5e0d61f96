import { setTimeout as pause } from 'node:timers/promises';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { type DatabasePurpose, databaseRoles } from '../../contract/names.ts';
import { scramVerifier } from './scram.ts';

/** Connection of the database owner, and the passwords to set for the functions' roles. A role without one lets nobody in. */
export interface Migration {
  readonly owner: pg.ClientConfig;
  readonly passwords: Readonly<Record<string, string>>;
  /** Folder of the numbered .sql files. */
  readonly directory: string;
}

/** Creates the functions' roles, then migrates the schema to the newest version. Safe to repeat and to run concurrently. */
export async function migrate({ owner, passwords, directory }: Migration): Promise<{ applied: string[] }> {
  const client = new pg.Client({ connectionTimeoutMillis: 10_000, ...owner });
  await client.connect();
  try {
    await ensureRoles(client, passwords);
    const run = () =>
      runner({
        dbClient: client,
        dir: directory,
        // The dump of the schema and the checksums lie beside the migrations.
        ignorePattern: '[^0-9].*',
        direction: 'up',
        migrationsTable: 'schema_migrations',
        advisoryLockMode: 'wait',
        checkOrder: true,
        singleTransaction: true,
        log: () => undefined,
      });
    const applied = await withRetries(run);
    return { applied: applied.map(({ name }) => name) };
  } finally {
    await client.end();
  }
}

/** SQLSTATEs of a deadlock and of a lock timeout: running requests were in the way, and the migration was rolled back. */
const inTheWay = ['40P01', '55P03'];
const retryPausesMs = [200, 1_000, 3_000];

async function withRetries<Result>(run: () => Promise<Result>): Promise<Result> {
  for (const pauseMs of retryPausesMs) {
    try {
      return await run();
    } catch (error) {
      if (!inTheWay.includes((error as { code?: string }).code ?? '')) throw error;
      await pause(pauseMs);
    }
  }
  return run();
}

/**
 * Settings of the functions' roles. They are set on the roles and not by each connection, because RDS Proxy refuses start-up options. A plan
 * is made once per connection: by default the server plans many statements each time, which takes longer than running them. Times selected
 * as text are read as UTC (`time-text.ts`).
 */
const everyRole = {
  plan_cache_mode: 'force_generic_plan',
  TimeZone: 'UTC',
  statement_timeout: '15s',
  idle_in_transaction_session_timeout: '20s',
};
const settings: Readonly<Record<DatabasePurpose, Readonly<Record<string, string>>>> = {
  app: everyRole,
  worker: everyRole,
  search: { ...everyRole, statement_timeout: '5s', default_transaction_read_only: 'on' },
  operations: everyRole,
};

/**
 * Creates the roles of the functions. They own nothing and cannot bypass row-level security. Each run sets their passwords and settings, so
 * a rotated secret takes effect. Roles belong to the server and not to a database, so they are no migration.
 */
async function ensureRoles(client: pg.Client, passwords: Migration['passwords']): Promise<void> {
  // Postgres refuses two concurrent changes of a role. The lock queues migrations of this database. Roles are shared with the other
  // databases of the server, so one of those may still collide.
  await client.query(`select pg_advisory_lock(hashtext('streambed_app'))`);
  for (const [purpose, role] of Object.entries(databaseRoles) as [DatabasePurpose, string][]) {
    await client.query(`do $$ begin
      create role ${role} login nosuperuser nocreatedb nocreaterole;
    exception when duplicate_object or unique_violation then null;
    end $$`);
    const password = passwords[role];
    if (password !== undefined) await alter(client, role, `password ${client.escapeLiteral(scramVerifier(password))}`);
    const known = await listSettings(client, role);
    for (const [name, value] of Object.entries(settings[purpose])) {
      if (!known.has(`${name}=${value}`)) await alter(client, role, `set ${name} = '${value}'`);
    }
  }
  await client.query(`select pg_advisory_unlock(hashtext('streambed_app'))`);
}

async function alter(client: pg.Client, role: string, change: string): Promise<void> {
  const run = () => client.query(`alter role ${role} ${change}`);
  await run().catch(run);
}

/** Lists the settings of a role, as `name=value`. */
async function listSettings(client: pg.Client, role: string): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ setting: string }>(
    'select unnest(setconfig) as setting from pg_db_role_setting where setrole = $1::regrole and setdatabase = 0',
    [role],
  );
  return new Set(rows.map(({ setting }) => setting));
}
