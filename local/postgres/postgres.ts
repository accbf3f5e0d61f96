import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { DatabaseDefinition } from '../template/data.ts';
import type { Log } from '../types.ts';
import { startPostgresServer } from './server.ts';

/** The database server behind the app: our own, or one that is given by its DSN. */
export interface Postgres {
  readonly host: string;
  readonly port: number;
  /** Whether other runs may use the same server. */
  readonly isShared: boolean;
  /** Name of the database here; another than in the template where a given server is shared by several runs. */
  databaseName(inTemplate: string): string;
  /** Makes the first user and database that the template speaks of, or brings their password up to date. */
  prepare(definition: DatabaseDefinition): Promise<void>;
  /** DSN of the database's owner, who is not a superuser, as in RDS. Only after `prepare`. */
  ownerDsn(): string;
  /** DSN of a superuser in the same database, for looking at everything. Only after `prepare`. */
  superuserDsn(): string;
  /** Ends the server and starts it again on the same port and data. Throws when the server is not ours. */
  restart(how?: 'crash' | 'orderly'): Promise<void>;
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** Where the data live; none: they vanish with the server. */
  readonly dataFolder?: string;
  /** A server to use instead of our own; the user in it must be a superuser. */
  readonly dsn?: string;
  readonly log: Log;
}

/** Starts PostgreSQL, or connects to the one that is given. */
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
  // Runs of tests share the server, and each needs a database of its own.
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

/** RDS's first user is no superuser: it may make databases and roles. The same here, so that what needs more fails here too. */
function ensureDatabase(connection: pg.ClientConfig, { username, password, database }: DatabaseDefinition): Promise<void> {
  return asSuperuser(connection, async (client) => {
    const user = client.escapeIdentifier(username);
    // Runs that share a server may do this in the same moment.
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
