import pg from 'pg';
import { migrate } from '../../functions/platform/migrate.ts';
import { startPostgresServer } from '../../local/postgres/server.ts';

/** One Postgres for the whole run, with a migrated template that each test file clones in milliseconds. */
export default async function globalSetup(): Promise<void> {
  const server = await startPostgresServer({ log: () => undefined });
  (globalThis as { testPostgres?: typeof server }).testPostgres = server;
  const admin = new pg.Client({ host: server.socketFolder, port: server.port, user: 'postgres', database: 'postgres' });
  await admin.connect();
  await admin.query(`create role streambed_owner login createrole createdb password 'owner'`);
  await admin.query('create database template_streambed owner streambed_owner');
  await admin.end();
  const owner = { host: '127.0.0.1', port: server.port, user: 'streambed_owner', password: 'owner', database: 'template_streambed' };
  await migrate({ owner, appPassword: 'app', directory: new URL('../../migrations', import.meta.url).pathname });
  process.env.TEST_POSTGRES_PORT = String(server.port);
}
