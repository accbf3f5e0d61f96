import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type pg from 'pg';
import { upsertUser } from '../functions/auth/store.ts';
import { createStream } from '../functions/streams/create-stream.ts';
import { postEvent } from '../functions/streams/post-event.ts';
import { createWorkspace } from '../functions/workspaces/create-workspace.ts';
import { startBenchServer } from './support/database.ts';
import { printFigure, quantile } from './support/figures.ts';
import { appOver, callerOf } from './support/use-case-app.ts';

/**
 * 16 writers on one stream through the use case, each with a connection of its own as environments have, in turns with the least transaction
 * that can do it on the same server: lock and count, insert, commit. No queue behind either, and each commit on the disk before it counts
 * (`--in-memory` leaves that out).
 */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    'in-memory': { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const roundMilliseconds = 1_000 * Number(values.seconds);
const writers = 16;
const bench = 'hot-stream';
const text = 'The deploy went out, and checkout answers 500 for one request in ten. Looking at the connection pool.';

/** Stores one event. */
type Write = () => Promise<unknown>;

const folder = mkdtempSync(path.join(tmpdir(), 'streambed-bench-'));
const server = await startBenchServer(values['in-memory'] ? {} : { dataFolder: path.join(folder, 'data') });
const database = await server.create('hot_stream');
const owner = await database.connect();

async function useCaseWriters(): Promise<{ writes: Write[]; streamId: string }> {
  const app = appOver(database.open());
  const { workspaceId } = await createWorkspace(app, { name: 'Bench' });
  const callers = Array.from({ length: writers }, (_, i) => callerOf(workspaceId, `writer-${i}`));
  for (const { userId } of callers) {
    const user = { id: userId, name: userId, email: null, role: 'member' as const, now: new Date() };
    await app.db.transaction(workspaceId, (tx) => upsertUser(tx, user));
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

/** Counts and inserts in two steps, sending begin and commit along with them. */
const pipelined =
  (first?: { name: string; text: string }): PeerWrite =>
  async (client, stream) => {
    const begun = [client.query('begin'), ...(first ? [client.query({ ...first, values: [stream] })] : [])];
    const { rows } = await client.query<{ last_seq: number }>({ ...count, values: [stream] });
    const inserted = client.query({ ...insert, values: [crypto.randomUUID(), stream, rows[0]?.last_seq, text] });
    await Promise.all([...begun, inserted, client.query('commit')]);
  };

/** The least transaction, in the ways it can be sent: the fastest is the peer. */
const peers: Record<string, PeerWrite> = {
  'one after the other': async (client, stream) => {
    await client.query('begin');
    const { rows } = await client.query<{ last_seq: number }>({ ...count, values: [stream] });
    await client.query({ ...insert, values: [crypto.randomUUID(), stream, rows[0]?.last_seq, text] });
    await client.query('commit');
  },
  pipelined: pipelined(),
};
/** What is possible at all: writers that stand in line for a lock of their own, and nothing that is waited for between begin and commit. */
const limits: Record<string, PeerWrite> = {
  'pipelined, in line': pipelined(queue),
  'one statement': (client, stream) => client.query({ ...both, values: [crypto.randomUUID(), stream, text] }),
};

await owner.query('create table bare_streams (id text primary key, last_seq bigint not null default 0) with (fillfactor = 70)');
await owner.query('create table bare_events (id text primary key, stream_id text not null, seq bigint not null, body text not null)');
await owner.query('create unique index on bare_events (stream_id, seq)');

/** Milliseconds of each write, all writers at once until the time is up. */
async function round(writes: readonly Write[]): Promise<number[]> {
  const times: number[] = [];
  const until = performance.now() + roundMilliseconds;
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

async function peerSide([name, write]: [string, PeerWrite]): Promise<[string, Side]> {
  await owner.query('insert into bare_streams (id) values ($1)', [name]);
  const clients = await Promise.all(Array.from({ length: writers }, () => database.connect()));
  return [name, { writes: clients.map((client) => () => write(client, name)), rates: [], times: [] }];
}

async function measure(side: Side): Promise<void> {
  const startedAt = performance.now();
  const times = await round(side.writes);
  side.rates.push((1_000 * times.length) / (performance.now() - startedAt));
  side.times.push(...times);
}

const { writes, streamId } = await useCaseWriters();
const ours: Side = { writes, rates: [], times: [] };
const peerSides = await Promise.all(Object.entries(peers).map(peerSide));
const limitSides = await Promise.all(Object.entries(limits).map(peerSide));
const sides = [ours, ...[...peerSides, ...limitSides].map(([, side]) => side)];
for (const side of sides) await round(side.writes);
for (let i = 0; i < rounds; i++) for (const side of sides) await measure(side);

const rate = ({ rates }: Side) => quantile(rates, 0.5);
const [peerName, peer] = peerSides.reduce((best, other) => (rate(other[1]) > rate(best[1]) ? other : best));
printFigure({
  bench,
  figure: `posts of ${writers} writers, beside the least transaction (${peerName})`,
  value: rate(ours),
  unit: 'posts/s',
  peer: rate(peer),
  atLeast: 0.6,
});
for (const [name, side] of limitSides) {
  printFigure({ bench, figure: `posts, beside the outer limit (${name})`, value: rate(ours), unit: 'posts/s', peer: rate(side) });
}
const p50 = quantile(ours.times, 0.5);
printFigure({ bench, figure: 'p99 beside own p50', value: quantile(ours.times, 0.99), unit: 'ms', peer: p50, atMost: 4 });
printFigure({
  bench,
  figure: 'p99, beside the least transaction',
  value: quantile(ours.times, 0.99),
  unit: 'ms',
  peer: quantile(peer.times, 0.99),
});
const { rows } = await owner.query<{ gaps: number }>(
  `select (s.last_seq - count(e.seq) + count(*) filter (where e.seq <> e.place or e.ordinal <> e.place))::int as gaps
   from streams s join (
     select stream_id, seq, ordinal, row_number() over (order by seq) as place from stream_events where stream_id = $1
   ) e on e.stream_id = s.id group by s.last_seq`,
  [streamId],
);
printFigure({ bench, figure: 'positions that are missing or doubled', value: rows[0]?.gaps ?? Number.NaN, unit: 'positions', atMost: 0 });
await server.stop();
rmSync(folder, { recursive: true, force: true });
process.exit(0);
