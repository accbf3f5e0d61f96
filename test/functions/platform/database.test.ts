import { createServer, Socket, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { newId } from '../../../contract/ids.ts';
import { createDatabase } from '../../../functions/platform/database.ts';
import type { Database } from '../../../functions/platform/database.ts';
import { log } from '../../../functions/platform/log.ts';
import { createTestDatabase } from '../../support/database.ts';
import type { TestDatabase } from '../../support/database.ts';

let database: TestDatabase;
let db: Database;
const workspaceId = newId('workspace');
const insert = `insert into providers (id, workspace_id, kind, name, created_at) values ($1, $2, 'web', $3, now())`;

beforeAll(async () => {
  log.setLogLevel('SILENT');
  database = await createTestDatabase();
  db = database.open();
});
afterAll(() => database.drop());

const names = async () => {
  const { rows } = await database.owner.query<{ name: string }>('select name from providers order by name');
  return rows.map(({ name }) => name);
};
const add = (name: string) => [newId('provider'), workspaceId, name];

describe('a transaction', () => {
  test('commits all or nothing', async () => {
    await db.transaction({ workspaceId }, async (tx) => {
      await tx.query(insert, add('a'));
      tx.defer(insert, add('b'));
      tx.defer(insert, add('c'));
    });
    expect(await names()).toEqual(['a', 'b', 'c']);
    const changed = db.transaction({ workspaceId }, async (tx) => {
      await tx.query(insert, add('d'));
      throw new Error('changed my mind');
    });
    await expect(changed).rejects.toThrow('changed my mind');
    expect(await names()).toEqual(['a', 'b', 'c']);
  });

  test('fails with a deferred statement, and rolls back', async () => {
    const twice = db.transaction({ workspaceId }, async (tx) => {
      await tx.query(insert, add('e'));
      tx.defer(insert, add('a'));
      tx.defer(insert, add('f'));
    });
    await expect(twice).rejects.toMatchObject({ code: '23505' });
    expect(await names()).toEqual(['a', 'b', 'c']);
    await db.transaction({ workspaceId }, (tx) => tx.query(insert, add('g')));
    expect(await names()).toEqual(['a', 'b', 'c', 'g']);
  });

  test('fails with the deferred statement even if a later statement reports first', async () => {
    const behind = db.transaction({ workspaceId }, async (tx) => {
      tx.defer(insert, add('a'));
      await tx.query(insert, add('i'));
    });
    await expect(behind).rejects.toMatchObject({ code: '23505' });
    const own = db.transaction({ workspaceId }, async (tx) => {
      tx.defer(insert, add('a'));
      throw new Error('changed my mind');
    });
    await expect(own).rejects.toThrow('changed my mind');
    expect(await names()).toEqual(['a', 'b', 'c', 'g']);
  });

  test('takes one write for each answer that it waits for', async () => {
    await db.transaction({ workspaceId }, (tx) => tx.query('select 1', []));
    const spies = [jest.spyOn(Socket.prototype, '_write'), jest.spyOn(Socket.prototype, '_writev')];
    await db.transaction({ workspaceId }, async (tx) => {
      const [, names] = await Promise.all([tx.query('select 1', []), tx.query('select name from providers', [])]);
      tx.defer('select $1::int', [names.length]);
      tx.defer('select $1::int + 1', [names.length]);
    });
    const writes = spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
    for (const spy of spies) spy.mockRestore();
    // One write with begin and both queries, one with both deferred statements and the commit.
    expect(writes).toBe(2);
  });

  test('cannot write into another workspace', async () => {
    const trespass = db.transaction({ workspaceId: newId('workspace') }, (tx) => tx.query(insert, add('h')));
    await expect(trespass).rejects.toMatchObject({ code: '42501' });
  });

  test('is retried if the connection died while frozen', async () => {
    const [row] = await db.query<{ pid: number }>('select pg_backend_pid() as pid', []);
    await database.open().query('select pg_terminate_backend($1, 5000)', [row?.pid]);
    await db.transaction({ workspaceId }, (tx) => tx.query(insert, add('i')));
    expect(await names()).toEqual(['a', 'b', 'c', 'g', 'i']);
  });
});

describe('a connection', () => {
  test('has the settings of its role', async () => {
    const [found] = await db.query<Record<string, string>>(
      `select current_setting('plan_cache_mode') as plans, current_setting('timezone') as zone, current_setting('statement_timeout') as statement,
         current_setting('idle_in_transaction_session_timeout') as idle`,
      [],
    );
    expect(found).toEqual({ plans: 'force_generic_plan', zone: 'UTC', statement: '15s', idle: '20s' });
  });

  test('starts with no parameter that RDS Proxy refuses: who, where, and the encoding', async () => {
    const started = Promise.withResolvers<Buffer>();
    const proxy = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (message) => {
        started.resolve(message);
        socket.destroy();
      });
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as AddressInfo;
    const behind = createDatabase(async () => ({ host: '127.0.0.1', port, user: 'streambed_app', password: 'app', database: 'streambed' }));
    await expect(behind.query('select 1', [])).rejects.toThrow();
    const message = await started.promise;
    // A length and a protocol version of four bytes each, then names and values that end with a zero byte.
    const words = message.subarray(8).toString().split('\0');
    const names = words.filter((_, index) => index % 2 === 0).filter((name) => name !== '');
    expect(names.toSorted()).toEqual(['client_encoding', 'database', 'user']);
    await behind.close();
    await new Promise((resolve) => proxy.close(resolve));
  });
});
