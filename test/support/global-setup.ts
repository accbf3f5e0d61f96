import pg from 'pg';
import { databaseRoles } from '../../contract/names.ts';
import { migrate } from '../../functions/platform/migrate.ts';
import { startPostgresServer } from '../../local/postgres/server.ts';

/** One Postgres for the whole run, with a migrated template that each test file clones in milliseconds. */
export default async function globalSetup(): Promise<void> {
  const { superuser, host, port } = await reachServer();
  const admin = new pg.Client(superuser);
  await admin.connect();
  // An external server may have both from an earlier run.
  await admin.query('drop database if exists template_streambed with (force)');
  const { rowCount: known } = await admin.query(`select from pg_roles where rolname = 'streambed_owner'`);
  await admin.query(`${known ? 'alter' : 'create'} role streambed_owner login createrole createdb password 'owner'`);
  await admin.query('create database template_streambed owner streambed_owner');
  await admin.end();
  const owner = { host, port, user: 'streambed_owner', password: 'owner', database: 'template_streambed' };
  await migrate({
    owner,
    passwords: Object.fromEntries(Object.values(databaseRoles).map((role) => [role, 'app'])),
    directory: new URL('../../migrations', import.meta.url).pathname,
  });
  process.env.TEST_POSTGRES_HOST = host;
  process.env.TEST_POSTGRES_PORT = String(port);
}

/** Starts a server, or uses that of TEST_POSTGRES_DSN (a superuser's), which allows tests on other versions. */
async function reachServer(): Promise<{ superuser: pg.ClientConfig; host: string; port: number }> {
  const dsn = process.env.TEST_POSTGRES_DSN;
  if (dsn !== undefined && dsn !== '') {
    const url = new URL(dsn);
    return { superuser: { connectionString: dsn }, host: url.hostname, port: Number(url.port || 5432) };
  }
  const server = await startPostgresServer({ log: () => undefined });
  (globalThis as { testPostgres?: typeof server }).testPostgres = server;
  const superuser = { host: server.socketFolder, port: server.port, user: 'postgres', database: 'postgres' };
  return { superuser, host: '127.0.0.1', port: server.port };
}
