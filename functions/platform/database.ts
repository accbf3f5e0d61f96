import { createHash } from 'node:crypto';
import pg from 'pg';
import { setting } from './config.ts';
import { answerWithin, connectMs, keepAliveMs, openingMs, statementMs } from './database-limits.ts';
import { isUnavailable } from './errors.ts';
import { log } from './log.ts';
import { readSecret } from './keys/secrets.ts';

/** Parses bigint columns as numbers: they are positions and counts, far below 2^53. */
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/** An open transaction that sees one workspace. Code that needs a transaction takes this type. */
export interface Transaction {
  readonly workspaceId: string;
  query<Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]>;
  /**
   * Sends a statement without waiting for it. The commit waits, and fails if the statement fails. For statements whose result the work does
   * not need.
   */
  defer(text: string, values: readonly unknown[]): void;
  /** Does the same for a statement whose rows are needed only after the transaction. Waiting for them earlier would delay the commit. */
  deferRows<Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]>;
}

/**
 * The workspace that a transaction sees, and its caller: a user is refused whose tokens of this version were revoked. Callers of requests
 * fit; a worker names the workspace alone.
 */
export interface Scope {
  readonly workspaceId: string;
  readonly userId?: string;
  readonly tokenVersion?: number;
}

/**
 * Mode of the workspace's access lock, the first lock of each transaction. `shared`: nobody loses access to anything while it runs.
 * `exclusive`: it takes access away; no other writer runs meanwhile. Fails as unavailable after 2 s of waiting.
 */
export type AccessLock = 'shared' | 'exclusive';

export interface Database {
  /** Runs `work` in a transaction that sees only the rows of one workspace. Rolls back when `work` throws. */
  transaction<Result>(scope: Scope, work: (tx: Transaction) => Promise<Result>, lock?: AccessLock): Promise<Result>;
  /** Does the same read-only: all statements see one moment (repeatable read). */
  snapshot<Result>(scope: Scope, work: (tx: Transaction) => Promise<Result>): Promise<Result>;
  /** Runs one statement outside a workspace; only for the outbox functions and `select 1`. */
  query<Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]>;
  /** Number of statements sent, without begin, commit and rollback. Tests fix the number for each action. */
  readonly statements: number;
  close(): Promise<void>;
}

/** Opens the database that the environment names: one connection per environment, opened on first use. */
export function openDatabase(): Database {
  const secretArn = setting('databaseSecretArn');
  const credentials = async () => JSON.parse(await readSecret(secretArn)) as { username: string; password: string };
  const address = databaseAddress();
  return createDatabase(async () => {
    const { username, password } = await credentials();
    return { ...address, user: username, password };
  });
}

/** Address and TLS settings of the database from the environment, without credentials. */
export function databaseAddress(): Pick<pg.ClientConfig, 'host' | 'port' | 'database' | 'ssl'> {
  const url = new URL(setting('databaseUrl'));
  return {
    host: url.hostname,
    port: Number(url.port || 5432),
    database: url.pathname.slice(1),
    ssl: setting('databaseTls') === 'off' ? false : { rejectUnauthorized: true },
  };
}

/** Creates the database for a connection configuration. Each new connection calls `configure` again, so a rotated password takes effect. */
export function createDatabase(configure: () => Promise<pg.ClientConfig>): Database {
  const connection = new OneConnection(configure);
  let statements = 0;

  const run = async <Row extends object>(client: pg.Client, text: string, values: readonly unknown[]): Promise<Row[]> => {
    statements++;
    sendTogether(client);
    const { rows } = await answerWithin(statementMs, client, client.query<Row>({ name: nameOf(text), text, values: [...values] }));
    return rows;
  };

  const transaction = <Result>(begin: Begin, { workspaceId }: Scope, work: (tx: Transaction) => Promise<Result>): Promise<Result> => {
    statements++;
    return connection.transaction(begin, (client, deferred) => {
      const deferRows = <Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]> => {
        const sent = run<Row>(client, text, values);
        // The caller that waits for the transaction gets the failure.
        sent.catch(() => undefined);
        deferred.push(sent);
        return sent;
      };
      const defer = (text: string, values: readonly unknown[]) => void deferRows(text, values);
      return work({ workspaceId, query: (text, values) => run(client, text, values), defer, deferRows });
    });
  };

  return {
    transaction: (scope, work, lock) => transaction(beginOf('begin', scope, lock), scope, work),
    snapshot: (scope, work) => transaction(beginOf('begin isolation level repeatable read read only', scope), scope, work),
    query: (text, values) => connection.single((client) => run(client, text, values)),
    get statements() {
      return statements;
    },
    close: () => connection.close(),
  };
}

/**
 * Takes the next access epoch. A subscription has the epoch of its access check, an ended access that of its end; the access lock keeps
 * the two in the order of the transactions.
 */
export async function takeAccessEpoch(tx: Transaction): Promise<number> {
  const [row] = await tx.query<{ epoch: number }>(`select nextval('access_epochs') as epoch`, []);
  if (!row) throw new Error('There is no next access epoch');
  return row.epoch;
}

/** Messages that open a transaction, sent together. `open` waits for nothing, so it also checks the connection; `enter` may wait. */
interface Begin {
  readonly open: string;
  readonly enter: string | undefined;
}

/** Opens a transaction: its workspace, then the access lock and the check of the caller's token. */
function beginOf(begin: string, { workspaceId, userId, tokenVersion }: Scope, lock?: AccessLock): Begin {
  const open = `${begin}; set local app.workspace_id = ${pg.escapeLiteral(workspaceId)}`;
  if (userId === undefined && lock === undefined) return { open, enter: undefined };
  const [caller, mode] = [userId, lock].map((text) => (text === undefined ? 'null' : pg.escapeLiteral(text)));
  return { open, enter: `select enter_workspace(${caller}, ${tokenVersion ?? 0}, ${mode})` };
}

/** Names of prepared statements by text. A statement is prepared once per connection; its name is the hash of its text. */
const names = new Map<string, string>();
function nameOf(text: string): string {
  let name = names.get(text);
  if (name === undefined) {
    name = createHash('sha1').update(text).digest('base64url');
    names.set(text, name);
  }
  return name;
}

/** Sends the messages that open a transaction; resolves when it is open. */
function opened(client: pg.Client, { open, enter }: Begin): Promise<unknown> {
  const sent = [answerWithin(openingMs, client, client.query(open))];
  if (enter !== undefined) sent.push(answerWithin(statementMs, client, client.query(enter)));
  return Promise.all(sent);
}

type TransactionWork<Result> = (client: pg.Client, deferred: Promise<unknown>[]) => Promise<Result>;

/**
 * Sends all statements of one turn of the event loop in one write: begin with the first statements, deferred ones with the commit. Each
 * write is a system call that wakes the server, about 0.1 ms of processor time on a small machine.
 */
function sendTogether(client: pg.Client): void {
  const { stream } = client.connection;
  if (stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(() => stream.uncork());
}

/** Catches the failure of a statement that no code waits for yet, and resolves with it. */
const outcomeOf = (sent: Promise<unknown>): Promise<{ failure: unknown }> =>
  sent.then(
    () => ({ failure: undefined }),
    (failure: unknown) => ({ failure }),
  );
const succeed = ({ failure }: { failure: unknown }): void => {
  if (failure !== undefined) throw failure;
};

/** Waits for all promises, then throws the first failure in their order. */
async function allDone(sent: readonly Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(sent)) if (result.status === 'rejected') throw result.reason;
}

/**
 * Finds the root failure. If the thrown error only says that the transaction had failed before, the cause is the first failed deferred
 * statement.
 */
async function causeOf(thrown: unknown, deferred: readonly Promise<unknown>[]): Promise<unknown> {
  const results = await Promise.allSettled(deferred);
  if ((thrown as { code?: unknown } | undefined)?.code !== failedBefore) return thrown;
  return results.find((result) => result.status === 'rejected')?.reason ?? thrown;
}
const failedBefore = '25P02';

/** One connection with one user at a time. An environment serves one request at a time; further users queue. */
class OneConnection {
  readonly #configure: () => Promise<pg.ClientConfig>;
  #client: pg.Client | undefined;
  #line: Promise<unknown> = Promise.resolve();
  #usedAt = 0;

  constructor(configure: () => Promise<pg.ClientConfig>) {
    this.#configure = configure;
  }

  transaction<Result>(begin: Begin, work: TransactionWork<Result>): Promise<Result> {
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
      // After a pause the server may be gone: it must answer the probe before the statement's own limit.
      const probe = Date.now() - this.#usedAt > openingMs ? [answerWithin(openingMs, client, client.query('select 1'))] : [];
      const [result] = await Promise.all([work(client), ...probe]);
      return result;
    } catch (error) {
      if (isUnavailable(error)) this.#drop(client);
      throw error;
    } finally {
      this.#usedAt = Date.now();
    }
  }

  /**
   * Sends statements without waiting for begin, and the commit without waiting for deferred statements. Each saves one round trip under the
   * row lock. If begin fails, later statements run outside any workspace, where row-level security shows and accepts no rows. A connection
   * that slept with its frozen environment may be dead, or its server silent: then the transaction runs again on a new one, unless its
   * commit was sent.
   */
  async #inTransaction<Result>(begin: Begin, work: TransactionWork<Result>): Promise<Result> {
    const reused = this.#client !== undefined;
    const client = await this.#open();
    sendTogether(client);
    const begun = outcomeOf(opened(client, begin));
    const deferred: Promise<unknown>[] = [];
    let isCommitSent = false;
    try {
      const result = await work(client, deferred);
      sendTogether(client);
      isCommitSent = true;
      await allDone([begun.then(succeed), ...deferred, answerWithin(statementMs, client, client.query('commit'))]);
      this.#usedAt = Date.now();
      return result;
    } catch (thrown) {
      const { failure } = await begun;
      const error = await causeOf(thrown, deferred);
      if (isUnavailable(failure ?? error)) this.#drop(client);
      else await answerWithin(statementMs, client, client.query('rollback')).catch(() => this.#drop(client));
      if (failure !== undefined && reused && !isCommitSent && isUnavailable(failure)) return this.#inTransaction(begin, work);
      throw failure ?? error;
    }
  }

  async #open(): Promise<pg.Client> {
    if (this.#client) return this.#client;
    const client = new pg.Client({
      connectionTimeoutMillis: connectMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: keepAliveMs,
      pipeline: true,
      // Time-outs, time zone and plan mode are settings of the role (`migrate.ts`): RDS Proxy refuses connections with start-up options.
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
