import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { type DatabasePurpose, databaseRoles } from '../../contract/names.ts';
import { createDatabase } from '../../functions/platform/database.ts';
import type { Database } from '../../functions/platform/database.ts';

export interface TestDatabase {
  readonly name: string;
  /** The database as the functions see it: one connection, as the role of a purpose (`app` by default). */
  open(purpose?: DatabasePurpose): Database;
  /** A connection of the owner, which bypasses row-level security, for inspection. */
  readonly owner: pg.Client;
  drop(): Promise<void>;
}

const ownerConfig = (database: string) => ({
  host: process.env.TEST_POSTGRES_HOST,
  port: Number(process.env.TEST_POSTGRES_PORT),
  user: 'streambed_owner',
  password: 'owner',
  database,
});

/** Clones a new database from the migrated template. */
export async function createTestDatabase(template = 'template_streambed'): Promise<TestDatabase> {
  const name = `test_${crypto.randomUUID().replaceAll('-', '')}`;
  await asAdmin((admin) => admin.query(`create database ${name} template ${template}`));
  const owner = new pg.Client(ownerConfig(name));
  await owner.connect();
  const opened: Database[] = [];
  return {
    name,
    owner,
    open(purpose = 'app') {
      const db = createDatabase(async () => ({ ...ownerConfig(name), user: databaseRoles[purpose], password: 'app' }));
      opened.push(db);
      return db;
    },
    async drop() {
      await Promise.all(opened.map((db) => db.close()));
      await owner.end();
      await asAdmin((admin) => dropDatabase(admin, name));
    },
  };
}

/** Drops a database. Retries, because autovacuum may be connected to it and cannot be ended. */
async function dropDatabase(admin: pg.Client, name: string, attempts = 50): Promise<void> {
  try {
    await admin.query(`drop database ${name} with (force)`);
  } catch (error) {
    if ((error as { code?: unknown }).code !== '42501' || attempts === 1) throw error;
    await pause(100);
    await dropDatabase(admin, name, attempts - 1);
  }
}

async function asAdmin(work: (admin: pg.Client) => Promise<unknown>): Promise<void> {
  const admin = new pg.Client(ownerConfig('postgres'));
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}
