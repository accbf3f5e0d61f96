import type pg from 'pg';
import { listEvents } from '../functions/streams/events/list-events.ts';
import type { Bench } from './support/bench.ts';
import type { BenchRun } from './support/bench-run.ts';
import { quantile } from './support/figures.ts';
import { ids, nthStream, nthUser, seededUntil, seedWorkspace, theWorkspace, withoutIndexes } from './support/seeding.ts';
import { callerOf, appOver } from './support/use-case-app.ts';

const full = { events: 1_000_000, depth: 900_000, limit: 50, members: 200, runs: 300 };
const smoke = { events: 2_000, depth: 1_000, limit: 10, members: 5, runs: 5 };
type Sizes = typeof full;

/**
 * A page of 50 at the end of a stream of 1,000,000 events, and one at depth 900,000, through the use case. The peer is the OFFSET query
 * of the first plan of the stream model at the same depth of the same rows, without row-level security and with its best index.
 */
export const bench: Bench<Sizes> = {
  full,
  smoke,
  async run(sizes, run) {
    const { events, depth, limit, runs } = sizes;
    const seededAt = performance.now();
    const database = await run.database('history');
    const owner = await database.connect();
    await run.until('the stream to be seeded', seed(owner, sizes));
    run.report({ figure: 'seeding', value: (performance.now() - seededAt) / 1_000, unit: 's' });
    const app = appOver(database.open());
    const caller = callerOf(theWorkspace, nthUser(3));
    const streamId = nthStream(0);
    const pages: Pages = {
      first: () => listEvents(app, caller, { streamId, limit }),
      deep: (at) => listEvents(app, caller, { streamId, limit, before: events - depth - at * limit }),
    };
    const page = await pages.deep(0);
    if (page.items.length !== limit || page.items.at(-1)?.seq !== events - depth - 1) throw new Error('The deep page is another one');
    const peer = await measurePeer(sizes, run, owner);
    await measureOurs(pages, Math.ceil(runs / 6));
    const times = await run.until('our pages', measureOurs(pages, runs));
    const first = quantile(times.first, 0.5);
    const deep = quantile(times.deep, 0.5);
    const index = peer.index.replace('create index peer on ', '');
    const unit = 'ms';
    run.report({ figure: `page of ${limit} at depth 0, p50`, value: first, unit });
    run.report({ figure: `page at depth ${depth} beside the first, p50`, value: deep, unit, peer: first, atMost: 1.5 });
    const figure = `page at depth ${depth} beside OFFSET with its best index (${index})`;
    run.report({ figure, value: deep, unit, peer: quantile(peer.times, 0.5), timesFaster: 100 });
    run.report({ figure: 'page at depth, p99', value: quantile(times.deep, 0.99), unit });
    const series = { 'the first page': times.first, [`at depth ${depth}`]: times.deep, [`OFFSET ${depth}`]: peer.times };
    run.distribution({ distribution: `page of ${limit}`, unit, series });
  },
};

interface Pages {
  readonly first: () => Promise<unknown>;
  /** Pages at the same depth, each with other rows. */
  readonly deep: (at: number) => ReturnType<typeof listEvents>;
}

/** Seeds events: 94 of 100 are messages, 2 deleted, 1 shared; one in 200 has a thread, one in 50 a reaction. */
async function seed(owner: pg.Client, { events, members }: Sizes): Promise<void> {
  await seedWorkspace(owner, members);
  await owner.query(
    `insert into streams (id, workspace_id, stream_type, name, slug, gen, last_seq, message_count, last_event_at, created_by, created_at, access_ids)
     values ($1, $2, 'channel', 'Long', 'long', 'g1', $3, $3, $4, ${ids.user('1')}, $4, array[$1])`,
    [nthStream(0), theWorkspace, events, seededUntil],
  );
  // The search column stays empty, which makes rows smaller than in production, for both sides.
  await owner.query('alter table text_messages alter column words drop expression');
  await withoutIndexes(owner, 'text_messages', () =>
    owner.query(
      `insert into text_messages (id, workspace_id, content)
       select ${ids.event('i')}, $1, 'Message ' || i || ': ' || repeat('what is said in a stream ', 1 + i % 7)
       from generate_series(1, $2::int) i where i % 100 < 96`,
      [theWorkspace, events],
    ),
  );
  await withoutIndexes(owner, 'stream_events', () =>
    owner.query(
      `insert into stream_events (id, workspace_id, stream_id, seq, changed_seq, ordinal, event_type, actor_id, client_event_id,
         content_type, content_id, created_at, deleted_at)
       select ${ids.event('i')}, $1, $2, i, i, i, e.type, ${ids.user(`1 + i % ${members}`)}, 'c' || i,
         case e.type when 'message' then 'text_message' when 'shared' then 'shared_ref' end, ${ids.event('i')},
         $3::timestamptz - ($4::int - i) * interval '10 seconds', case when i % 50 = 7 then $3::timestamptz end
       from generate_series(1, $4::int) i,
         lateral (select case when i % 100 < 96 then 'message' when i % 100 = 99 then 'shared' else 'system' end as type) e`,
      [theWorkspace, nthStream(0), seededUntil, events],
    ),
  );
  await owner.query(
    `insert into shared_refs (id, workspace_id, original_event_id, original_stream_id, context)
     select ${ids.event('i')}, $1, ${ids.event('i - 90')}, $2, 'Look at this' from generate_series(99, $3::int, 100) i`,
    [theWorkspace, nthStream(0), events],
  );
  await owner.query(
    `insert into streams (id, workspace_id, stream_type, parent_stream_id, branched_from_event_id, visibility, gen, last_seq, message_count,
       last_event_at, created_by, created_at, access_ids, recent_actor_ids)
     select ${ids.stream('i')}, $1, 'thread', $2, ${ids.event('i')}, 'inherit', 'g1', 7, 7, $3, ${ids.user('1')}, $3, array[$2],
       array[${ids.user('1')}, ${ids.user('2')}]
     from generate_series(200, $4::int, 200) i`,
    [theWorkspace, nthStream(0), seededUntil, events],
  );
  await owner.query(
    `insert into reactions (workspace_id, event_id, emoji, user_id, created_at)
     select $1, ${ids.event('i')}, '👍', ${ids.user('1')}, $2 from generate_series(50, $3::int, 50) i`,
    [theWorkspace, seededUntil, events],
  );
  await owner.query('vacuum analyze');
}

/** The query of the plan, with today's columns. */
const byOffset = `select e.*, u.email as actor_email, u.name as actor_name, tm.content, tm.mentions, sr.original_event_id, sr.context,
    (select count(*) from streams t where t.branched_from_event_id = e.id) as reply_count
  from stream_events e
  inner join users u on e.actor_id = u.id and u.workspace_id = e.workspace_id
  left join text_messages tm on e.content_type = 'text_message' and e.content_id = tm.id
  left join shared_refs sr on e.content_type = 'shared_ref' and e.content_id = sr.id
  where e.stream_id = $1 and e.deleted_at is null
  order by e.created_at desc
  limit $2 offset $3`;

/** The plan names no index. The peer uses the fastest of these, in the better of two scan modes. */
const indexes = [
  'create index peer on stream_events (stream_id, created_at desc)',
  'create index peer on stream_events (stream_id, created_at desc) where deleted_at is null',
];
const ways = [`set work_mem = '4MB'; set enable_sort = on`, `set work_mem = '256MB'; set enable_sort = off`];

async function millisecondsOf(read: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await read();
  return performance.now() - startedAt;
}

async function measurePeer({ limit, depth }: Sizes, run: BenchRun, owner: pg.Client): Promise<{ times: number[]; index: string }> {
  const readByOffset = () => owner.query(byOffset, [nthStream(0), limit, depth]);
  // JIT compilation takes longer than it saves here.
  await owner.query('set jit = off');
  let best = { times: [Number.POSITIVE_INFINITY], index: '' };
  for (const index of indexes) {
    await run.until(`the peer's index: ${index}`, owner.query(index));
    await run.until('vacuum', owner.query('vacuum analyze stream_events'));
    for (const way of ways) {
      await owner.query(way);
      await run.until('the page by OFFSET', readByOffset());
      const times: number[] = [];
      for (let at = 0; at < 3; at++) times.push(await run.until('the page by OFFSET', millisecondsOf(readByOffset)));
      if (quantile(times, 0.5) < quantile(best.times, 0.5)) best = { times, index };
    }
    await owner.query('drop index peer');
  }
  return best;
}

async function measureOurs(pages: Pages, runs: number): Promise<{ first: number[]; deep: number[] }> {
  const times = { first: [] as number[], deep: [] as number[] };
  for (let at = 0; at < runs; at++) {
    times.first.push(await millisecondsOf(pages.first));
    times.deep.push(await millisecondsOf(() => pages.deep(at)));
  }
  return times;
}
