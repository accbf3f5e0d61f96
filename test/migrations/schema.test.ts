import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checksumsOf } from '../../scripts/schema/checksums.ts';
import { readSchema } from '../../scripts/schema/read-schema.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';

const directory = join(import.meta.dirname, '../../migrations');
const read = (name: string) => readFileSync(join(directory, name), 'utf8');

describe('The files of the migrations', () => {
  test('are numbered without a gap and without a pair', () => {
    const numbers = Object.keys(checksumsOf(directory)).map((name) => Number(name.slice(0, 4)));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });

  test('are what they were when their checksum was taken', () => {
    // A database with the old migration would never run an edited one. `npm run schema:dump` adds new ones and refuses edited ones.
    expect(checksumsOf(directory)).toEqual(JSON.parse(read('checksums.json')));
  });

  test('go forward only, and hold no down migration that nobody ever tried', () => {
    for (const name of Object.keys(checksumsOf(directory))) {
      expect(read(name)).toMatch(/^-- Up Migration$/m);
      expect(read(name)).not.toMatch(/^\s*--[\s-]*Down Migration/im);
    }
  });
});

describe('The dump of the schema', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  test('is what the migrations make', async () => {
    expect(await readSchema(database.owner)).toBe(read('schema.sql'));
  });

  test('tells of every kind of change', async () => {
    const changes = [
      'alter table users add column shoe_size int default 42',
      'create index users_by_email on users (email)',
      'drop policy one_workspace on providers',
      'alter table streams disable row level security',
      'grant delete on outbox to streambed_app',
      'grant update (name) on workspaces to public',
      'create function answer() returns int language sql as $$ select 42 $$',
      'alter table streams add constraint named check (name <> slug)',
    ];
    let before = await readSchema(database.owner);
    for (const change of changes) {
      await database.owner.query(change);
      const after = await readSchema(database.owner);
      expect({ change, told: after !== before }).toEqual({ change, told: true });
      before = after;
    }
  });

  test('refuses what it could only leave out', async () => {
    await database.owner.query('create view everyone as select * from users');
    await expect(readSchema(database.owner)).rejects.toThrow('relation everyone');
  });
});
