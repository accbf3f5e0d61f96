import { listEvents } from '../functions/streams/list-events.ts';
import { startBenchServer } from './support/database.ts';
import { printFigure, quantile } from './support/figures.ts';
import { ids, nthStream, nthUser, seededUntil, seedWorkspace, theWorkspace, withoutIndexes } from './support/seeding.ts';
import { callerOf, appOver } from './support/use-case-app.ts';

/**
 * A page of 50 at the end of a stream of 1,000,000 events, and the one at depth 900,000, through the use case; beside the query by OFFSET
 * of the first plan of the stream model, at the same depth of the same rows, past row-level security and with the index that suits it best.
 */
const bench = 'history';
const events = 1_000_000;
const depth = 900_000;
const limit = 50;
const members = 200;

const seededAt = performance.now();
const server = await startBenchServer();
const database = await server.create('history');
const owner = await database.connect();
await seed();
printFigure({ bench, figure: 'seeding', value: (performance.now() - seededAt) / 1_000, unit: 's' });

/** 94 of 100 are messages, 2 were deleted, 1 shared; one in 200 has a thread, one in 50 a reaction. */
async function seed(): Promise<void> {
  await seedWorkspace(owner, members);
  await owner.query(
    `insert into streams (id, workspace_id, stream_type, name, slug, gen, last_seq, message_count, last_event_at, created_by, created_at, access_ids)
     values ($1, $2, 'channel', 'Long', 'long', 'g1', $3, $3, $4, ${ids.user('1')}, $4, array[$1])`,
    [nthStream(0), theWorkspace, events, seededUntil],
  );
  // Nobody searches here: without the words of search, rows are smaller than they are in reality, for both sides.
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

/** As the plan has it, in the columns that there are now. */
const byOffset = `select e.*, u.email as actor_email, u.name as actor_name, tm.content, tm.mentions, sr.original_event_id, sr.context,
    (select count(*) from streams t where t.branched_from_event_id = e.id) as reply_count
  from stream_events e
  inner join users u on e.actor_id = u.id and u.workspace_id = e.workspace_id
  left join text_messages tm on e.content_type = 'text_message' and e.content_id = tm.id
  left join shared_refs sr on e.content_type = 'shared_ref' and e.content_id = sr.id
  where e.stream_id = $1 and e.deleted_at is null
  order by e.created_at desc
  limit $2 offset $3`;

/** The plan names no index, so the peer has whichever of these serves it best, and the better of two ways to use it. */
const indexes = [
  'create index peer on stream_events (stream_id, created_at desc)',
  'create index peer on stream_events (stream_id, created_at desc) where deleted_at is null',
];
const ways = [`set work_mem = '4MB'; set enable_sort = on`, `set work_mem = '256MB'; set enable_sort = off`];

const app = appOver(database.open());
const caller = callerOf(theWorkspace, nthUser(3));
const streamId = nthStream(0);
const readFirst = () => listEvents(app, caller, { streamId, limit });
/** The same depth, never the same rows. */
const readDeep = (run: number) => listEvents(app, caller, { streamId, limit, before: events - depth - run * limit });
const readByOffset = () => owner.query(byOffset, [streamId, limit, depth]);

async function millisecondsOf(read: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await read();
  return performance.now() - startedAt;
}

async function measurePeer(): Promise<{ milliseconds: number; index: string }> {
  // Compiling the plan takes longer than it saves here.
  await owner.query('set jit = off');
  let best = { milliseconds: Number.POSITIVE_INFINITY, index: '' };
  for (const index of indexes) {
    await owner.query(index);
    await owner.query('vacuum analyze stream_events');
    for (const way of ways) {
      await owner.query(way);
      await readByOffset();
      const times = [];
      for (let run = 0; run < 3; run++) times.push(await millisecondsOf(readByOffset));
      const milliseconds = quantile(times, 0.5);
      if (milliseconds < best.milliseconds) best = { milliseconds, index };
    }
    await owner.query('drop index peer');
  }
  return best;
}

async function measureOurs(runs: number): Promise<{ first: number[]; deep: number[] }> {
  const times = { first: [] as number[], deep: [] as number[] };
  for (let run = 0; run < runs; run++) {
    times.first.push(await millisecondsOf(readFirst));
    times.deep.push(await millisecondsOf(() => readDeep(run)));
  }
  return times;
}

const page = await readDeep(0);
if (page.items.length !== limit || page.items.at(-1)?.seq !== events - depth - 1) throw new Error('The deep page is another one');
const peer = await measurePeer();
await measureOurs(50);
const times = await measureOurs(300);
const first = quantile(times.first, 0.5);
const deep = quantile(times.deep, 0.5);
printFigure({ bench, figure: `page of ${limit} at depth 0, p50`, value: first, unit: 'ms' });
printFigure({ bench, figure: `page at depth ${depth} beside the first, p50`, value: deep, unit: 'ms', peer: first, atMost: 1.5 });
printFigure({
  bench,
  figure: `page at depth ${depth} beside OFFSET with its best index (${peer.index.replace('create index peer on ', '')})`,
  value: deep,
  unit: 'ms',
  peer: peer.milliseconds,
  timesFaster: 100,
});
printFigure({ bench, figure: 'page at depth, p99', value: quantile(times.deep, 0.99), unit: 'ms' });
await server.stop();
process.exit(0);
