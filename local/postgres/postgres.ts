import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { DatabaseDefinition } from '../template/data.ts';
import type { Log } from '../types.ts';
import { startPostgresServer } from './server.ts';

/** The database server of the app: our own, or an external one with a DSN. */
export interface Postgres {
  readonly host: string;
  readonly port: number;
  /** True when other runs may use the same server. */
  readonly isShared: boolean;
  /** Local name of a database. It differs from the template's when several runs share a server. */
  databaseName(inTemplate: string): string;
  /** Creates the first user and database of the template, or updates the password. */
  prepare(definition: DatabaseDefinition): Promise<void>;
  /** DSN of the database's owner, not a superuser, as in RDS. Only after `prepare`. */
  ownerDsn(): string;
  /** DSN of a superuser in the same database, for inspection. Only after `prepare`. */
  superuserDsn(): string;
  /** Restarts the server on the same port and data. Throws for an external server. */
  restart(how?: 'crash' | 'orderly'): Promise<void>;
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** Folder of the data; without it they are deleted with the server. */
  readonly dataFolder?: string;
  /** DSN of an external server; its user must be a superuser. */
  readonly dsn?: string;
  readonly log: Log;
}

/** Starts PostgreSQL, or connects to the external server. */
export function startPostgres(options: PostgresOptions): Promise<Postgres> {
  return options.dsn === undefined ? startOwn(options) : useGiven(options.dsn, options.dataFolder === undefined);
}

async function startOwn(options: PostgresOptions): Promise<Postgres> {
  const server = await startPostgresServer(options);
  const host = '127.0.0.1';
  let prepared: DatabaseDefinition | undefined;
  return {
    host,
    port: server.port,
    isShared: false,
    databaseName: (inTemplate) => inTemplate,
    async prepare(definition) {
      await ensureDatabase({ host: server.socketFolder, port: server.port, user: 'postgres' }, definition);
      prepared = definition;
    },
    ownerDsn: () => dsnOf(host, server.port, demand(prepared)),
    superuserDsn: () =>
      `postgres://postgres@/${encodeURIComponent(demand(prepared).database)}?host=${encodeURIComponent(server.socketFolder)}&port=${server.port}`,
    restart: (how = 'crash') => server.restart(how),
    stop: () => server.stop(),
  };
}

async function useGiven(dsn: string, ephemeral: boolean): Promise<Postgres> {
  const url = new URL(dsn);
  const port = Number(url.port || 5432);
  // Test runs share the server, and each needs its own database.
  const suffix = ephemeral ? `_${randomBytes(4).toString('hex')}` : '';
  let prepared: DatabaseDefinition | undefined;
  return {
    host: url.hostname,
    port,
    isShared: true,
    databaseName: (inTemplate) => `${inTemplate}${suffix}`,
    async prepare(definition) {
      prepared = { ...definition, database: `${definition.database}${suffix}` };
      await ensureDatabase({ connectionString: dsn }, prepared);
    },
    ownerDsn: () => dsnOf(url.hostname, port, demand(prepared)),
    superuserDsn() {
      const own = new URL(dsn);
      own.pathname = `/${demand(prepared).database}`;
      return own.href;
    },
    restart: () => Promise.reject(new Error('The PostgreSQL server was given by POSTGRES_DSN, and is not ours to restart')),
    async stop() {
      if (ephemeral && prepared !== undefined) {
        const { database } = prepared;
        await asSuperuser({ connectionString: dsn }, (client) =>
          client.query(`drop database if exists ${client.escapeIdentifier(database)} with (force)`),
        );
      }
    },
  };
}

/** Creates the first user as RDS does: no superuser, but it may create databases and roles. Code that needs more then fails here too. */
function ensureDatabase(connection: pg.ClientConfig, { username, password, database }: DatabaseDefinition): Promise<void> {
  return asSuperuser(connection, async (client) => {
    const user = client.escapeIdentifier(username);
    // Runs that share a server may do this at the same time.
    await client.query('select pg_advisory_lock(7336120)');
    const { rows: roles } = await client.query('select 1 from pg_roles where rolname = $1', [username]);
    if (roles.length === 0) await client.query(`create role ${user}`);
    await client.query(`alter role ${user} with login nosuperuser createdb createrole password ${client.escapeLiteral(password)}`);
    const { rows: databases } = await client.query('select 1 from pg_database where datname = $1', [database]);
    if (databases.length === 0) await client.query(`create database ${client.escapeIdentifier(database)} owner ${user}`);
  });
}

async function asSuperuser(connection: pg.ClientConfig, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ database: 'postgres', connectionTimeoutMillis: 10_000, ...connection });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function dsnOf(host: string, port: number, { username, password, database }: DatabaseDefinition): string {
  return `postgres://${encodeURIComponent(username)}:${encodeURIComponent(password)}@${host}:${port}/${encodeURIComponent(database)}`;
}

function demand(prepared: DatabaseDefinition | undefined): DatabaseDefinition {
  if (prepared === undefined) throw new Error('The database is not prepared yet');
  return prepared;
}
