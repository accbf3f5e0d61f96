import type pg from 'pg';
import { StreamId, WorkspaceId } from '../../contract/ids.ts';
import { ids, nthUser, withoutIndexes } from './seeding.ts';

export interface TenantsSize {
  /** Messages of all tenants. */
  readonly messages: number;
  readonly tenants: number;
  /** The tenant that alone is seeded, with the same messages as beside the others. */
  readonly only?: number;
}

const streamsPerTenant = 40;
const days = 180;

const pad = (n: number) => String(n).padStart(26, '0');
export const nthTenant = (n: number): WorkspaceId => WorkspaceId.parse(`ws_${pad(n)}`);
/** A public channel of a tenant. */
export const channelOf = (tenant: number): StreamId => StreamId.parse(`str_${pad(tenant * streamsPerTenant + 1)}`);
/** A member of each tenant. One stream in four is private, and not this member's. */
export const member: string = nthUser(1);

/**
 * Words of the queries: in half of the messages, in one of 5,000, in one of 500 as a phrase, and in half of the messages of others than
 * tenant 0.
 */
export const wordsOf = { common: 'deploy', rare: 'zircon', phrase: '"blue heron"', absent: 'obsidian' } as const;

/**
 * Seeds tenants whose messages are of the last half year and lie mixed, as they would have arrived. Texts have 8 to 17 words out of 20,000,
 * few of them frequent. A message's text depends on its number alone, so one tenant can be seeded again without the others.
 */
export async function seedTenants(owner: pg.Client, size: TenantsSize): Promise<void> {
  await owner.query('set max_parallel_workers_per_gather = 0');
  await seedPlaces(owner, size);
  await owner.query('create table seeded as select n, search_digits(n, 5) as digits from generate_series($1::bigint, $2::bigint) n', [
    periodOf(Date.now() - days * 86_400_000),
    periodOf(Date.now()),
  ]);
  await withoutIndexes(owner, 'text_messages', () => seedTexts(owner, size));
  await withoutIndexes(owner, 'stream_events', () => seedEvents(owner, size));
  await owner.query('drop table seeded');
  await owner.query('vacuum analyze');
}

/** The time in an id by its first five characters. */
const periodOf = (ms: number): number => Math.floor(ms / 2 ** 25);

async function seedPlaces(owner: pg.Client, { messages, tenants, only }: TenantsSize): Promise<void> {
  const given = [tenants, only ?? null];
  const each = 'from generate_series(0, $1::int - 1) n where ($2::int is null or n = $2)';
  const ws = `'ws_' || lpad(n::text, 26, '0')`;
  await owner.query(`insert into workspaces (id, name, gen, created_at) select ${ws}, 'Tenant ' || n, 'g1', now() ${each}`, given);
  await owner.query(
    `insert into users (workspace_id, id, name, created_at, updated_at) select ${ws}, '${member}', 'Person', now(), now() ${each}`,
    given,
  );
  await owner.query(
    `insert into workspace_members (workspace_id, user_id, role, joined_at) select ${ws}, '${member}', 'member', now() ${each}`,
    given,
  );
  await owner.query(
    `insert into streams (id, workspace_id, stream_type, name, slug, visibility, gen, last_seq, message_count, created_by, created_at, access_ids)
     select ${ids.stream('k')}, ${ws}, 'channel', 'Stream ' || k, 'stream-' || k, case when k % 4 = 0 then 'private' else 'public' end, 'g1', $3,
       $3, '${member}', now(), array[${ids.stream('k')}]
     from (select n, n * ${streamsPerTenant} + s as k ${each.replace(' where', `, generate_series(0, ${streamsPerTenant - 1}) s where`)}) t`,
    [...given, messages],
  );
}

/** Messages `i` with their tenant `n`, id and chance: 16 bits that decide which words of the queries they hold. */
const numbered = `(
  select i, (i % $2)::int as n, hashint8(i)::bigint & 65535 as chance,
    'evt_' || p.digits || lpad(i::text, 21, '0') as id, 'ws_' || lpad((i % $2)::text, 26, '0') as workspace_id
  from generate_series(1, $1::bigint) i
  join seeded p on p.n = (select min(n) from seeded) + (i - 1) * (select count(*) from seeded) / $1::bigint
  where $3::int is null or i % $2 = $3
  order by i
) m`;

async function seedTexts(owner: pg.Client, { messages, tenants, only }: TenantsSize): Promise<void> {
  await owner.query(
    `insert into text_messages (id, workspace_id, content)
     select id, workspace_id, (
         select string_agg('w' || floor(power((hashint8(i * 32 + j)::bigint & 16777215) / 16777216.0::float8, 4) * 20000)::int, ' ')
         from generate_series(1, 8 + (i / 7 % 10)::int) j
       ) || case when chance % 2 = 0 then ' deploy' else '' end || case when chance % 5000 = 1 then ' zircon' else '' end
         || case when chance % 500 = 2 then ' blue heron' when chance % 500 = 3 then ' heron blue' else '' end
         || case when n <> 0 and chance % 2 = 1 then ' obsidian' else '' end
     from ${numbered}`,
    [messages, tenants, only ?? null],
  );
}

async function seedEvents(owner: pg.Client, { messages, tenants, only }: TenantsSize): Promise<void> {
  await owner.query(
    `insert into stream_events (id, workspace_id, stream_id, seq, changed_seq, ordinal, event_type, actor_id, client_event_id, content_type,
       content_id, created_at)
     select id, workspace_id, ${ids.stream(`n * ${streamsPerTenant} + i / $2 % ${streamsPerTenant}`)}, i, i, i, 'message', '${member}', 'c' || i,
       'text_message', id, now() - ($1::bigint - i) * interval '${days} days' / $1::bigint
     from ${numbered}`,
    [messages, tenants, only ?? null],
  );
}
