import { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { newId } from '../../../contract/ids.ts';
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
