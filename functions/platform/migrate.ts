import { setTimeout as pause } from 'node:timers/promises';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { appDatabaseRole } from '../../contract/names.ts';
import { scramVerifier } from './scram.ts';

/** Connection of the database owner, and the password to set for the functions' role. */
export interface Migration {
  readonly owner: pg.ClientConfig;
  readonly appPassword: string;
  /** Folder of the numbered .sql files. */
  readonly directory: string;
}

/** Creates the functions' role, then migrates the schema to the newest version. Safe to repeat and to run concurrently. */
export async function migrate({ owner, appPassword, directory }: Migration): Promise<{ applied: string[] }> {
  const client = new pg.Client({ connectionTimeoutMillis: 10_000, ...owner });
  await client.connect();
  try {
    await ensureAppRole(client, appPassword);
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
 * Settings of the functions' role. They are set on the role and not by each connection, because RDS Proxy refuses start-up options. A plan
 * is made once per connection: by default the server plans many statements each time, which takes longer than running them. Times selected
 * as text are read as UTC (`time-text.ts`).
 */
const roleSettings = {
  plan_cache_mode: 'force_generic_plan',
  TimeZone: 'UTC',
  statement_timeout: '15s',
  idle_in_transaction_session_timeout: '20s',
};

/**
 * Creates the role of the functions. It owns nothing and cannot bypass row-level security. Each run sets its password and its settings, so
 * a rotated secret takes effect. Both belong to the server and not to a database, so they are no migration.
 */
async function ensureAppRole(client: pg.Client, password: string): Promise<void> {
  // Postgres refuses two concurrent changes of a role. The lock queues migrations of this database. Roles are shared with the other
  // databases of the server, so one of those may still collide.
  await client.query(`select pg_advisory_lock(hashtext('${appDatabaseRole}'))`);
  await client.query(`do $$ begin
    create role ${appDatabaseRole} login nosuperuser nocreatedb nocreaterole;
  exception when duplicate_object or unique_violation then null;
  end $$`);
  const verifier = client.escapeLiteral(scramVerifier(password));
  const alter = async (change: string): Promise<void> => {
    const run = () => client.query(`alter role ${appDatabaseRole} ${change}`);
    await run().catch(run);
  };
  await alter(`password ${verifier}`);
  const { rows } = await client.query<{ setting: string }>(
    'select unnest(setconfig) as setting from pg_db_role_setting where setrole = $1::regrole and setdatabase = 0',
    [appDatabaseRole],
  );
  const known = new Set(rows.map(({ setting }) => setting));
  for (const [name, value] of Object.entries(roleSettings)) if (!known.has(`${name}=${value}`)) await alter(`set ${name} = '${value}'`);
  await client.query(`select pg_advisory_unlock(hashtext('${appDatabaseRole}'))`);
}
