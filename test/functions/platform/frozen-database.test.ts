import { createServer, connect } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { newId } from '../../../contract/ids.ts';
import { createDatabase } from '../../../functions/platform/database.ts';
import type { Database } from '../../../functions/platform/database.ts';
import { connectMs, openingMs } from '../../../functions/platform/database-limits.ts';
import { toAppError } from '../../../functions/platform/errors.ts';
import { log } from '../../../functions/platform/log.ts';
import { createTestDatabase } from '../../support/database.ts';
import type { TestDatabase } from '../../support/database.ts';
import { limit } from '../../support/slowness.ts';

/** A host between functions and Postgres that can stop forwarding without closing a connection, as a failover looks from outside. */
class Relay {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #waiting: (() => void)[] = [];
  /** Directions that are not forwarded. */
  frozen: 'none' | 'answers' | 'all' = 'none';

  constructor(to: { host: string; port: number }) {
    this.#server = createServer((near) => {
      const far = connect(to);
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => [near, far].forEach((one) => one.destroy()));
      }
      near.on('data', (data) => this.#forward(this.frozen === 'all', () => far.write(data)));
      far.on('data', (data) => this.#forward(this.frozen !== 'none', () => near.write(data)));
    });
  }

  #forward(waits: boolean, send: () => void): void {
    if (waits) this.#waiting.push(send);
    else send();
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  thaw(): void {
    this.frozen = 'none';
    for (const send of this.#waiting.splice(0)) send();
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

let database: TestDatabase;
let relay: Relay;
let db: Database;
const workspaceId = newId('workspace');
const insert = `insert into providers (id, workspace_id, kind, name, created_at) values ($1, $2, 'web', $3, now())`;
const add = (name: string) => [newId('provider'), workspaceId, name];
const names = async () =>
  (await database.owner.query<{ name: string }>('select name from providers order by name')).rows.map(({ name }) => name);
/** Code that a request answers, and its milliseconds. */
async function failureOf(work: Promise<unknown>): Promise<{ code: string; ms: number }> {
  const startedAt = performance.now();
  const code = await work.then(
    () => 'none',
    (error: unknown) => toAppError(error).code,
  );
  return { code, ms: performance.now() - startedAt };
}

beforeAll(async () => {
  log.setLogLevel('SILENT');
  database = await createTestDatabase();
  const { host, port } = database.owner;
  relay = new Relay({ host, port });
  const relayPort = await relay.listen();
  db = createDatabase(async () => ({
    host: '127.0.0.1',
    port: relayPort,
    database: database.name,
    user: 'streambed_app',
    password: 'app',
  }));
});
afterEach(() => relay.thaw());
afterAll(async () => {
  await db.close();
  await relay.stop();
  await database.drop();
});

test('a silent database gives one clean failure soon, again and again, and goes on by itself', async () => {
  await db.transaction({ workspaceId }, (tx) => tx.query(insert, add('before')));
  relay.frozen = 'all';
  const first = await failureOf(db.transaction({ workspaceId }, (tx) => tx.query(insert, add('while frozen'))));
  expect(first.code).toBe('unavailable');
  expect(first.ms).toBeLessThan(limit(openingMs + connectMs + 500));
  const second = await failureOf(db.snapshot({ workspaceId }, (tx) => tx.query('select 1', [])));
  expect(second.code).toBe('unavailable');
  expect(second.ms).toBeLessThan(limit(connectMs + 500));
  relay.thaw();
  await db.transaction({ workspaceId }, (tx) => tx.query(insert, add('then')));
  expect(await names()).toEqual(['before', 'then']);
}, 60_000);

test('a single statement after a pause fails soon too', async () => {
  await db.query('select 1', []);
  await new Promise((resolve) => setTimeout(resolve, openingMs + 100));
  relay.frozen = 'all';
  const { code, ms } = await failureOf(db.query('select 1', []));
  expect(code).toBe('unavailable');
  expect(ms).toBeLessThan(limit(openingMs + 500));
}, 60_000);

test('a transaction whose commit was sent is not run again: it may have succeeded', async () => {
  await db.query('select 1', []);
  relay.frozen = 'answers';
  const { code } = await failureOf(
    db.transaction({ workspaceId }, async (tx) => {
      tx.defer(insert, add('once'));
    }),
  );
  expect(code).toBe('unavailable');
  relay.thaw();
  await db.transaction({ workspaceId }, (tx) => tx.query('select 1', []));
  expect((await names()).filter((name) => name === 'once')).toHaveLength(1);
}, 60_000);

test('a wait for a lock is no silence', async () => {
  const other = database.open();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { promise: held, resolve: hold } = Promise.withResolvers<void>();
  const holder = other.transaction({ workspaceId }, async (tx) => (await tx.query('select 1', []), hold(), released), 'exclusive');
  await held;
  const waiting = db.transaction({ workspaceId }, (tx) => tx.query('select 1 as one', []), 'shared');
  await new Promise((resolve) => setTimeout(resolve, openingMs + 300));
  release();
  await holder;
  expect(await waiting).toEqual([{ one: 1 }]);
}, 60_000);
