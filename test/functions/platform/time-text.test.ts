import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { newId } from '../../../contract/ids.ts';
import type { Database } from '../../../functions/platform/database.ts';
import { isoTimeOf } from '../../../functions/platform/time-text.ts';
import { createTestDatabase } from '../../support/database.ts';
import type { TestDatabase } from '../../support/database.ts';

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  db = database.open();
});
afterAll(() => database.drop());

const times = ['2026-11-20T12:00:00Z', '2026-11-20T12:00:00.1Z', '2026-01-02T03:04:05.06Z', '1999-12-31T23:59:59.999Z'];

test('a time selected as text equals its Date, in any zone of the database', async () => {
  const { rows: names } = await database.owner.query<{ name: string }>('select current_database() as name');
  await database.owner.query(`alter database ${names[0]?.name} set timezone = 'Asia/Kolkata'`);
  const given = [...times, '2026-11-20T12:00:00.123999Z', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z'];
  const rows = await db.transaction({ workspaceId: newId('workspace') }, (tx) =>
    tx.query<{ text: string; date: Date }>('select t::text as text, t as date from unnest($1::timestamptz[]) t', [given]),
  );
  expect(rows).toHaveLength(given.length);
  expect(rows.map(({ text }) => isoTimeOf(text))).toEqual(rows.map(({ date }) => date.toISOString()));
});

test('a time of another zone, or beyond four-digit years, is refused', () => {
  for (const text of ['2026-11-20 17:30:00+05:30', '0044-03-15 00:00:00+00 BC', '10000-01-01 00:00:00+00', 'infinity'])
    expect(() => isoTimeOf(text)).toThrow('not a time in UTC');
});
