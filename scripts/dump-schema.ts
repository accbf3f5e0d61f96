import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { migrate } from '../functions/platform/migrate.ts';
import { startPostgresServer } from '../local/postgres/server.ts';
import { checksumsOf } from './schema/checksums.ts';
import { readSchema } from './schema/read-schema.ts';

/**
 * Writes migrations/schema.sql from a freshly migrated database, and migrations/checksums.json. Run it after adding a migration; tests
 * fail when either file is stale. A migration with a checksum may be deployed, so it is never edited; a new one is added instead.
 */
const directory = join(import.meta.dirname, '..', 'migrations');
const checksumsFile = join(directory, 'checksums.json');
const known = JSON.parse(readFileSync(checksumsFile, 'utf8')) as Record<string, string>;
const now = checksumsOf(directory);
const edited = Object.keys(known).filter((name) => known[name] !== now[name]);
if (edited.length > 0) {
  console.error(`Edited or gone after its checksum was taken: ${edited.join(', ')}. Put it back, and write a new migration instead.`);
  console.error('Only where no database outside this machine has it yet may its line be taken out of migrations/checksums.json first.');
  process.exit(1);
}

const server = await startPostgresServer({ log: () => undefined });
try {
  const admin = new pg.Client({ host: server.socketFolder, port: server.port, user: 'postgres', database: 'postgres' });
  await admin.connect();
  await admin.query(`create role streambed_owner login createrole password 'owner'`);
  await admin.query('create database streambed owner streambed_owner');
  await admin.end();
  const owner = { host: '127.0.0.1', port: server.port, user: 'streambed_owner', password: 'owner', database: 'streambed' };
  await migrate({ owner, passwords: { streambed_app: 'app' }, directory });
  const client = new pg.Client(owner);
  await client.connect();
  writeFileSync(join(directory, 'schema.sql'), await readSchema(client));
  await client.end();
  writeFileSync(checksumsFile, `${JSON.stringify(now, null, 2)}\n`);
} finally {
  await server.stop();
}
