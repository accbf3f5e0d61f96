import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { appDatabaseRole } from '../../contract/names.ts';
import { scramVerifier } from './scram.ts';

/** How to reach the database as the owner of everything in it, and the password that the functions' role is to have. */
export interface Migration {
  readonly owner: pg.ClientConfig;
  readonly appPassword: string;
  /** Folder of the numbered .sql files. */
  readonly directory: string;
}

/** Makes the functions' role, then brings the schema up to the newest migration. Safe to repeat and to run from several places at once. */
export async function migrate({ owner, appPassword, directory }: Migration): Promise<{ applied: string[] }> {
  const client = new pg.Client({ connectionTimeoutMillis: 10_000, ...owner });
  await client.connect();
  try {
    await ensureAppRole(client, appPassword);
    const applied = await runner({
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
    return { applied: applied.map(({ name }) => name) };
  } finally {
    await client.end();
  }
}

/** The role owns nothing and cannot pass row-level security. Its password is set anew each time, so a rotated secret takes effect. */
async function ensureAppRole(client: pg.Client, password: string): Promise<void> {
  // Postgres refuses two changes of a role in the same moment. Migrations of this database wait here for each other; roles are shared with
  // the other databases of the server, so one of those may still get in between.
  await client.query(`select pg_advisory_lock(hashtext('${appDatabaseRole}'))`);
  await client.query(`do $$ begin
    create role ${appDatabaseRole} login nosuperuser nocreatedb nocreaterole;
  exception when duplicate_object or unique_violation then null;
  end $$`);
  const verifier = client.escapeLiteral(scramVerifier(password));
  const setPassword = () => client.query(`alter role ${appDatabaseRole} password ${verifier}`);
  await setPassword().catch(setPassword);
  await client.query(`select pg_advisory_unlock(hashtext('${appDatabaseRole}'))`);
}
