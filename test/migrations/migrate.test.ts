import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
    migrate({
      owner: { ...connection(), user: 'streambed_owner', password: 'owner' },
      passwords: { streambed_app: 'app' },
      directory: from,
    });
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

  test('applies what is new beside requests of the version before, and no request fails', async () => {
    const before = mkdtempSync(join(tmpdir(), 'streambed-migrations-'));
    for (const name of names.slice(0, names.indexOf('0008_memory') + 1))
      cpSync(join(directory, `${name}.sql`), join(before, `${name}.sql`));
    await run(before);
    rmSync(before, { recursive: true });
    await empty.owner.query(`insert into workspaces (id, name, gen, created_at) values ('w', 'Busy', 'g', now())`);
    await empty.owner.query(`insert into users (workspace_id, id, name, created_at, updated_at) values ('w', 'ada', 'Ada', now(), now())`);
    await empty.owner.query(`insert into workspace_members (workspace_id, user_id, role, joined_at) values ('w', 'ada', 'member', now())`);
    for (const stream of ['s0', 's1', 's2', 's3'])
      await empty.owner.query(
        `insert into streams (id, workspace_id, stream_type, name, slug, visibility, gen, access_ids, created_by, created_at)
         values ($1, 'w', 'channel', $1, $1, 'public', 'g', array[$1], 'ada', now())`,
        [stream],
      );
    const traffic = { isOver: false, posts: 0 };
    const posted = async (count: number): Promise<void> => {
      const goal = traffic.posts + count;
      while (traffic.posts < goal) await new Promise((resolve) => setImmediate(resolve));
    };
    const post = async (client: pg.Client, stream: string, n: string): Promise<void> => {
      await client.query(`begin; set local app.workspace_id = 'w'`);
      await client.query(
        `select 1 from workspace_members wm join streams s on s.workspace_id = wm.workspace_id
         left join stream_members m on m.stream_id = s.id where s.id = $1 for no key update of s`,
        [stream],
      );
      await client.query('update streams set last_seq = last_seq + 1 where id = $1', [stream]);
      await client.query(
        `insert into stream_events (id, workspace_id, stream_id, seq, changed_seq, event_type, actor_id, client_event_id, created_at)
         select $2, 'w', id, last_seq, last_seq, 'message', 'ada', $2, now() from streams where id = $1`,
        [stream, n],
      );
      await client.query(
        `insert into outbox (id, workspace_id, room, topic, payload, created_at) values ($1, 'w', 'room', 'event-appended', '{}', now())`,
        [n],
      );
      await client.query('commit');
      traffic.posts++;
    };
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      const client = new pg.Client({ ...connection(), user: 'streambed_app', password: 'app' });
      await client.connect();
      try {
        for (let n = 0; !traffic.isOver; n++) await post(client, `s${writer % 4}`, `${writer}-${n}`);
      } finally {
        await client.end();
      }
    });
    await posted(50);
    const { applied: done } = await run();
    await posted(50);
    traffic.isOver = true;
    await Promise.all(writers);
    expect(done).toEqual(names.slice(names.indexOf('0008_memory') + 1));
  });

  test('keeps the index of search that was built before, as deploy.md says', async () => {
    const before = mkdtempSync(join(tmpdir(), 'streambed-migrations-'));
    for (const name of names.slice(0, names.indexOf('0012_search'))) cpSync(join(directory, `${name}.sql`), join(before, `${name}.sql`));
    await run(before);
    rmSync(before, { recursive: true });
    await empty.owner.query(
      `insert into text_messages (id, workspace_id, content) values ('evt_01kb0000000000000000000000', 'w', 'basalt')`,
    );
    const migration = readFileSync(join(directory, '0012_search.sql'), 'utf8');
    const [statement] = /create or replace function search_keys.*?\$\$;/s.exec(migration) ?? [''];
    const manual = readFileSync(join(directory, '../docs/deploy.md'), 'utf8');
    const [index] = /create index concurrently .*?;/s.exec(manual) ?? [''];
    await empty.owner.query(statement);
    await empty.owner.query(index);
    const read = `select i.indexrelid, pg_get_indexdef(i.indexrelid) as definition from pg_index i
      where i.indexrelid = 'text_messages_by_keys'::regclass and i.indisvalid`;
    const built = (await empty.owner.query(read)).rows;
    await run();
    expect((await empty.owner.query(read)).rows).toEqual(built);
    const [made] = /create index if not exists (text_messages_by_keys.*?);/s.exec(migration)?.slice(1) ?? [''];
    const plain = (sql: string) => sql.replaceAll(/\s+/g, ' ');
    expect(plain(index)).toBe(`create index concurrently if not exists ${plain(made ?? '')};`);
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
