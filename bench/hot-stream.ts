import type pg from 'pg';
import { createStream } from '../functions/streams/streams/create-stream.ts';
import { postEvent } from '../functions/streams/events/post-event.ts';
import { createWorkspace } from '../functions/workspaces/create-workspace.ts';
import { insertMember } from '../functions/workspaces/member-store.ts';
import type { Bench } from './support/bench.ts';
import type { BenchRun } from './support/bench-run.ts';
import type { BenchDatabase } from './support/database.ts';
import { quantile } from './support/figures.ts';
import { appOver, callerOf } from './support/use-case-app.ts';

const full = { rounds: 5, seconds: 2, writers: 16, inMemory: false };
const smoke = { rounds: 1, seconds: 0.1, writers: 4, inMemory: true };
type Sizes = typeof full;
const text = 'The deploy went out, and checkout answers 500 for one request in ten. Looking at the connection pool.';

/**
 * 16 writers on one stream through the use case, each with its own connection, as environments have. The peer is the smallest transaction
 * with the same result on the same server (lock and count, insert, commit), in alternating rounds. Neither side has a queue, and each
 * commit is flushed to disk (`--in-memory` turns that off).
 */
export const bench: Bench<Sizes> = {
  full,
  smoke,
  async run(sizes, run) {
    const database = await run.database('hot_stream', { durable: !sizes.inMemory });
    const owner = await database.connect();
    await owner.query('create table bare_streams (id text primary key, last_seq bigint not null default 0) with (fillfactor = 70)');
    await owner.query('create table bare_events (id text primary key, stream_id text not null, seq bigint not null, body text not null)');
    await owner.query('create unique index on bare_events (stream_id, seq)');
    const { writes, streamId } = await useCaseWriters(database, sizes.writers);
    const ours: Side = { writes, rates: [], times: [] };
    const sidesOf = (all: Record<string, PeerWrite>) =>
      Promise.all(Object.entries(all).map((one) => peerSide(database, owner, sizes.writers, one)));
    const [peerSides, limitSides] = [await sidesOf(peers), await sidesOf(limits)];
    const sides = [ours, ...[...peerSides, ...limitSides].map(([, side]) => side)];
    for (const side of sides) await run.until('the writers to be warm', round(side.writes, sizes.seconds));
    for (let i = 0; i < sizes.rounds; i++)
      for (const side of sides) await run.until(`the writers of round ${i}`, measure(side, sizes.seconds));
    reportRates(run, ours, { peerSides, limitSides });
    await reportGaps(run, owner, streamId);
  },
};

/** Stores one event. */
type Write = () => Promise<unknown>;

async function useCaseWriters(database: BenchDatabase, writers: number): Promise<{ writes: Write[]; streamId: string }> {
  const app = appOver(database.open());
  const { workspaceId } = await createWorkspace(app, { name: 'Bench' });
  const callers = Array.from({ length: writers }, (_, i) => callerOf(workspaceId, `writer-${i}`));
  for (const { userId } of callers) {
    const member = { id: userId, name: userId, email: null, role: 'member' as const };
    await app.db.transaction({ workspaceId }, (tx) => insertMember(tx, member, new Date()));
  }
  const [first] = callers;
  if (!first) throw new Error('There is no writer');
  const { stream } = await createStream(app, first, { streamType: 'channel', name: 'Hot', visibility: 'public' });
  const writes = callers.map((caller) => {
    const own = appOver(database.open());
    return () => postEvent(own, caller, { streamId: stream.id, text });
  });
  return { writes, streamId: stream.id };
}

const count = { name: 'count', text: 'update bare_streams set last_seq = last_seq + 1 where id = $1 returning last_seq' };
const insert = { name: 'insert', text: 'insert into bare_events (id, stream_id, seq, body) values ($1, $2, $3, $4)' };
const queue = { name: 'queue', text: 'select pg_advisory_xact_lock(hashtextextended($1, 0))' };
const both = {
  name: 'both',
  text: `with place as (update bare_streams set last_seq = last_seq + 1 where id = $2 returning last_seq)
    insert into bare_events (id, stream_id, seq, body) select $1, $2, last_seq, $3 from place returning seq`,
};

type PeerWrite = (client: pg.Client, stream: string) => Promise<unknown>;

/** Increments the counter and inserts in two statements, pipelined with begin and commit. */
const pipelined =
  (first?: { name: string; text: string }): PeerWrite =>
  async (client, stream) => {
    const begun = [client.query('begin'), ...(first ? [client.query({ ...first, values: [stream] })] : [])];
    const { rows } = await client.query<{ last_seq: number }>({ ...count, values: [stream] });
    const inserted = client.query({ ...insert, values: [crypto.randomUUID(), stream, rows[0]?.last_seq, text] });
    await Promise.all([...begun, inserted, client.query('commit')]);
  };

/** The smallest transaction, sent in several ways; the fastest one is the peer. */
const peers: Record<string, PeerWrite> = {
  'one after the other': async (client, stream) => {
    await client.query('begin');
    const { rows } = await client.query<{ last_seq: number }>({ ...count, values: [stream] });
    await client.query({ ...insert, values: [crypto.randomUUID(), stream, rows[0]?.last_seq, text] });
    await client.query('commit');
  },
  pipelined: pipelined(),
};
/** Upper bound: writers queue for a private lock, and no round trip lies between begin and commit. */
const limits: Record<string, PeerWrite> = {
  'pipelined, in line': pipelined(queue),
  'one statement': (client, stream) => client.query({ ...both, values: [crypto.randomUUID(), stream, text] }),
};

/** Milliseconds of each write, with all writers in parallel until the time is up. */
async function round(writes: readonly Write[], seconds: number): Promise<number[]> {
  const times: number[] = [];
  const until = performance.now() + 1_000 * seconds;
  await Promise.all(
    writes.map(async (write) => {
      for (let startedAt = performance.now(); startedAt < until; startedAt = performance.now()) {
        await write();
        times.push(performance.now() - startedAt);
      }
    }),
  );
  return times;
}

interface Side {
  readonly writes: readonly Write[];
  readonly rates: number[];
  readonly times: number[];
}

async function peerSide(
  database: BenchDatabase,
  owner: pg.Client,
  writers: number,
  [name, write]: [string, PeerWrite],
): Promise<[string, Side]> {
  await owner.query('insert into bare_streams (id) values ($1)', [name]);
  const clients = await Promise.all(Array.from({ length: writers }, () => database.connect()));
  return [name, { writes: clients.map((client) => () => write(client, name)), rates: [], times: [] }];
}

async function measure(side: Side, seconds: number): Promise<void> {
  const startedAt = performance.now();
  const times = await round(side.writes, seconds);
  side.rates.push((1_000 * times.length) / (performance.now() - startedAt));
  side.times.push(...times);
}

const rate = ({ rates }: Side) => quantile(rates, 0.5);

function reportRates(run: BenchRun, ours: Side, { peerSides, limitSides }: Record<'peerSides' | 'limitSides', [string, Side][]>): void {
  const [peerName, peer] = peerSides.reduce((best, other) => (rate(other[1]) > rate(best[1]) ? other : best));
  const figure = `posts of ${ours.writes.length} writers, beside the least transaction (${peerName})`;
  run.report({ figure, value: rate(ours), unit: 'posts/s', peer: rate(peer), atLeast: 0.6 });
  for (const [name, side] of limitSides)
    run.report({ figure: `posts, beside the outer limit (${name})`, value: rate(ours), unit: 'posts/s', peer: rate(side) });
  const p99 = quantile(ours.times, 0.99);
  run.report({ figure: 'p99 beside own p50', value: p99, unit: 'ms', peer: quantile(ours.times, 0.5), atMost: 4 });
  run.report({ figure: 'p99, beside the least transaction', value: p99, unit: 'ms', peer: quantile(peer.times, 0.99) });
  const all = [...peerSides, ...limitSides].map(([name, { times }]) => [name, times] as const);
  run.distribution({ distribution: 'one write', unit: 'ms', series: { streambed: ours.times, ...Object.fromEntries(all) } });
}

async function reportGaps(run: BenchRun, owner: pg.Client, streamId: string): Promise<void> {
  const { rows } = await owner.query<{ gaps: number }>(
    `select (s.last_seq - count(e.seq) + count(*) filter (where e.seq <> e.place or e.ordinal <> e.place))::int as gaps
     from streams s join (
       select stream_id, seq, ordinal, row_number() over (order by seq) as place from stream_events where stream_id = $1
     ) e on e.stream_id = s.id group by s.last_seq`,
    [streamId],
  );
  run.report({ figure: 'positions that are missing or doubled', value: rows[0]?.gaps ?? Number.NaN, unit: 'positions', atMost: 0 });
}
