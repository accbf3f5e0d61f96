import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrate } from '../../functions/platform/migrate.ts';
import { checksumsOf } from '../../scripts/schema/checksums.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';

const directory = join(import.meta.dirname, '../../migrations');
const names = Object.keys(checksumsOf(directory)).map((name) => name.replace(/\.sql$/, ''));

describe('migrate()', () => {
  let empty: TestDatabase;
  const run = (from = directory) =>
    migrate({ owner: { ...connection(), user: 'streambed_owner', password: 'owner' }, appPassword: 'app', directory: from });
  const connection = () => ({ host: empty.owner.host, port: empty.owner.port, database: empty.name });
  const applied = async () =>
    (await empty.owner.query<{ name: string }>('select name from schema_migrations order by id')).rows.map(({ name }) => name);

  beforeEach(async () => {
    empty = await createTestDatabase('template1');
  });
  afterEach(() => empty.drop());

  test('applies each migration once when it runs four times at once', async () => {
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => run()));
    expect(outcomes.flatMap((outcome) => outcome.applied).toSorted()).toEqual(names);
    expect(await applied()).toEqual(names);
  });

  test('applies nothing the second time', async () => {
    await run();
    expect(await run()).toEqual({ applied: [] });
  });

  test('lets the functions in with the password it was given', async () => {
    await run();
    const app = new pg.Client({ ...connection(), user: 'streambed_app', password: 'app' });
    await app.connect();
    expect((await app.query('select current_user as me')).rows).toEqual([{ me: 'streambed_app' }]);
    await app.end();
  });

  test('applies all that is new, or nothing of it', async () => {
    await run();
    const folder = mkdtempSync(join(tmpdir(), 'streambed-migrations-'));
    try {
      cpSync(directory, folder, { recursive: true });
      writeFileSync(join(folder, '9001_good.sql'), '-- Up Migration\ncreate table good (id text);\n');
      writeFileSync(join(folder, '9002_bad.sql'), '-- Up Migration\ncreate table bad (id nonsense);\n');
      await expect(run(folder)).rejects.toThrow('nonsense');
      expect((await empty.owner.query(`select to_regclass('good') as good`)).rows).toEqual([{ good: null }]);
      expect(await applied()).toEqual(names);
      writeFileSync(join(folder, '9002_bad.sql'), '-- Up Migration\ncreate table bad (id text);\n');
      expect(await run(folder)).toEqual({ applied: ['9001_good', '9002_bad'] });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
