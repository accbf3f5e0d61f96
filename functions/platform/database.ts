import { createHash } from 'node:crypto';
import pg from 'pg';
import { setting } from './config.ts';
import { isUnavailable } from './errors.ts';
import { log } from './log.ts';
import { readSecret } from './secrets.ts';

/** bigint columns are positions and counts: far below 2^53, so they are numbers here. */
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/** An open transaction, seeing one workspace. What needs one takes it in its type. */
export interface Transaction {
  readonly workspaceId: string;
  query<Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]>;
}

export interface Database {
  /** Runs `work` in a transaction that sees only the rows of one workspace. Rolled back when `work` throws. */
  transaction<Result>(workspaceId: string, work: (tx: Transaction) => Promise<Result>): Promise<Result>;
  /** One statement outside a workspace: only the outbox functions and `select 1` have any business here. */
  query<Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]>;
  /** Statements sent so far, besides begin, commit and rollback. Tests fix the number for each action. */
  readonly statements: number;
  close(): Promise<void>;
}

/** Opens the database with what the environment says: one connection per environment, made on first use. */
export function openDatabase(): Database {
  const secretArn = setting('databaseSecretArn');
  const credentials = async () => JSON.parse(await readSecret(secretArn)) as { username: string; password: string };
  const url = new URL(setting('databaseUrl'));
  return createDatabase(async () => {
    const { username, password } = await credentials();
    return {
      host: url.hostname,
      port: Number(url.port || 5432),
      database: url.pathname.slice(1),
      user: username,
      password,
      ssl: setting('databaseTls') === 'off' ? false : { rejectUnauthorized: true },
    };
  });
}

/** The database behind a connection configuration; asked for at each new connection, so that a rotated password is picked up. */
export function createDatabase(configure: () => Promise<pg.ClientConfig>): Database {
  const connection = new OneConnection(configure);
  let statements = 0;

  const run = async <Row extends object>(client: pg.Client, text: string, values: readonly unknown[]): Promise<Row[]> => {
    statements++;
    const { rows } = await client.query<Row>({ name: nameOf(text), text, values: [...values] });
    return rows;
  };

  return {
    transaction(workspaceId, work) {
      statements++;
      return connection.transaction(workspaceId, (client) => work({ workspaceId, query: (text, values) => run(client, text, values) }));
    },
    query: (text, values) => connection.single((client) => run(client, text, values)),
    get statements() {
      return statements;
    },
    close: () => connection.close(),
  };
}

/** Statements are prepared once per connection; the name is the text's own hash. */
const names = new Map<string, string>();
function nameOf(text: string): string {
  let name = names.get(text);
  if (name === undefined) {
    name = createHash('sha1').update(text).digest('base64url');
    names.set(text, name);
  }
  return name;
}

/** One connection, one user at a time (an environment serves one request at a time; more wait in line). */
class OneConnection {
  readonly #configure: () => Promise<pg.ClientConfig>;
  #client: pg.Client | undefined;
  #line: Promise<unknown> = Promise.resolve();

  constructor(configure: () => Promise<pg.ClientConfig>) {
    this.#configure = configure;
  }

  transaction<Result>(workspaceId: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
    // Beginning and naming the workspace is one round trip.
    const begin = `begin; select set_config('app.workspace_id', ${pg.escapeLiteral(workspaceId)}, true)`;
    return this.#inLine(() => this.#inTransaction(begin, work));
  }

  single<Result>(work: (client: pg.Client) => Promise<Result>): Promise<Result> {
    return this.#inLine(() => this.#alone(work));
  }

  #inLine<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#line.then(work);
    this.#line = turn.catch(() => undefined);
    return turn;
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => undefined);
  }

  async #alone<Result>(work: (client: pg.Client) => Promise<Result>): Promise<Result> {
    const client = await this.#open();
    try {
      return await work(client);
    } catch (error) {
      if (isUnavailable(error)) this.#drop(client);
      throw error;
    }
  }

  async #inTransaction<Result>(begin: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
    const client = await this.#begin(begin);
    try {
      const result = await work(client);
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch(() => this.#drop(client));
      if (isUnavailable(error)) this.#drop(client);
      throw error;
    }
  }

  /** A connection that slept with its frozen environment may be dead: begin has no effect, so it is safe to begin again on a new one. */
  async #begin(begin: string): Promise<pg.Client> {
    const reused = this.#client !== undefined;
    const client = await this.#open();
    try {
      await client.query(begin);
      return client;
    } catch (error) {
      this.#drop(client);
      if (!reused || !isUnavailable(error)) throw error;
      const fresh = await this.#open();
      await fresh.query(begin);
      return fresh;
    }
  }

  async #open(): Promise<pg.Client> {
    if (this.#client) return this.#client;
    const client = new pg.Client({
      connectionTimeoutMillis: 5_000,
      statement_timeout: 15_000,
      idle_in_transaction_session_timeout: 20_000,
      keepAlive: true,
      ...(await this.#configure()),
    });
    client.on('error', (error) => {
      log.warn('The database connection was lost', { error });
      this.#drop(client);
    });
    await client.connect();
    this.#client = client;
    return client;
  }

  #drop(client: pg.Client): void {
    if (this.#client === client) this.#client = undefined;
    client.end().catch(() => undefined);
  }
}
