import pg from 'pg';
import { createDatabase } from '../../functions/platform/database.ts';
import type { Database } from '../../functions/platform/database.ts';
import { migrate } from '../../functions/platform/migrate.ts';
import { startPostgresServer } from '../../local/postgres/server.ts';

/** A migrated database of a bench, on a temporary server. */
export interface BenchDatabase {
  /** A connection that bypasses row-level security: for seeding, and for peers, which have no such check. */
  connect(): Promise<pg.Client>;
  /** The database as the functions see it: role streambed_app, one connection. */
  open(): Database;
  /** Its address for the role streambed_app, for threads that connect by themselves. */
  readonly address: pg.ClientConfig;
}

export interface BenchServer {
  /** Address of the database `postgres` for the superuser. */
  readonly superuser: pg.ClientConfig;
  /** Creates a database with the current schema. */
  create(name: string): Promise<BenchDatabase>;
  stop(): Promise<void>;
}

/**
 * Starts a PostgreSQL server with the memory settings of a small production server: the default of 128 MB would make benches wait for
 * pages. With a `dataFolder` it flushes commits (fsync).
 */
export async function startBenchServer(options: { dataFolder?: string } = {}): Promise<BenchServer> {
  const server = await startPostgresServer({ ...options, log: () => undefined });
  const superuser = { host: server.socketFolder, port: server.port, user: 'postgres', database: 'postgres' };
  const asSuperuser = async (...statements: string[]) => {
    const admin = new pg.Client(superuser);
    await admin.connect();
    for (const statement of statements) await admin.query(statement);
    await admin.end();
  };
  await asSuperuser(
    `alter system set shared_buffers = '1GB'`,
    `alter system set maintenance_work_mem = '256MB'`,
    `alter system set max_wal_size = '4GB'`,
    `create role streambed_owner login createrole createdb password 'owner'`,
  );
  await server.restart('orderly');
  const opened: (() => Promise<void>)[] = [];
  let migrated: Promise<void> | undefined;
  const migrateTemplate = async () => {
    await asSuperuser('create database migrated owner streambed_owner');
    const owner = { host: '127.0.0.1', port: server.port, user: 'streambed_owner', password: 'owner', database: 'migrated' };
    await migrate({ owner, passwords: { streambed_app: 'app' }, directory: new URL('../../migrations', import.meta.url).pathname });
  };
  return {
    superuser,
    async create(name) {
      await (migrated ??= migrateTemplate());
      await asSuperuser(`create database ${name} template migrated owner streambed_owner`);
      const address = { ...superuser, database: name, user: 'streambed_app' };
      return {
        address,
        async connect() {
          const client = new pg.Client({ ...superuser, database: name, pipeline: true });
          await client.connect();
          opened.push(() => client.end());
          return client;
        },
        open() {
          const db = createDatabase(async () => address);
          opened.push(() => db.close());
          return db;
        },
      };
    },
    async stop() {
      await Promise.all(opened.map((close) => close()));
      await server.stop();
    },
  };
}
