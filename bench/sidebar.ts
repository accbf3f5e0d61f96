import type pg from 'pg';
import { bootstrap } from '../functions/streams/reading/bootstrap.ts';
import type { Bench } from './support/bench.ts';
import type { BenchRun } from './support/bench-run.ts';
import { quantile } from './support/figures.ts';
import { nthUser, theWorkspace } from './support/seeding.ts';
import { appOver, callerOf } from './support/use-case-app.ts';
import { seedBusyWorkspace } from './support/workspace-data.ts';

/** `fewEvents` is the size of the smaller workspace that the larger one is compared with. */
const full = { streams: 1_000, members: 200, events: 1_000_000, fewEvents: 100_000, rounds: 30 };
const smoke = { streams: 40, members: 10, events: 2_000, fewEvents: 500, rounds: 1 };
type Sizes = typeof full;

/**
 * Bootstrap in a workspace of 1,000 streams, 1,000,000 events and 200 members, through the use case, for members of few and of many
 * streams. The peer is the sidebar query of the first plan of the stream model for the same members in alternating rounds, without
 * row-level security and with its best index. A second comparison is the same workspace with 100,000 events.
 */
export const bench: Bench<Sizes> = {
  full,
  smoke,
  async run(sizes, run) {
    const seededAt = performance.now();
    const sides = { small: await open(sizes, run, 'small', sizes.fewEvents), large: await open(sizes, run, 'large', sizes.events) };
    run.report({ figure: 'seeding', value: (performance.now() - seededAt) / 1_000, unit: 's' });
    const viewers = [0, 0.2, 0.4, 0.6, 0.8, 1].map((share) => nthUser(Math.max(1, Math.round(share * sizes.members))));
    // JIT compilation takes longer than it saves.
    await sides.large.owner.query('set jit = off');
    const index = await chooseIndex(run, sides.large.owner, viewers);
    for (let round = 0; round < Math.ceil(sizes.rounds / 6); round++) await measure(sides, viewers, { large: [], small: [], peer: [] });
    const times: Times = { large: [], small: [], peer: [] };
    for (let round = 0; round < sizes.rounds; round++) await run.until(`round ${round}`, measure(sides, viewers, times));
    const ours = quantile(times.large, 0.5);
    const statementsBefore = sides.large.app.db.statements;
    await byBootstrap(sides.large, nthUser(1));
    const statements = sides.large.app.db.statements - statementsBefore;
    const unit = 'ms';
    const figure = `bootstrap p50, beside the sidebar query with its best index ${index}`;
    run.report({ figure, value: ours, unit, peer: quantile(times.peer, 0.5), timesFaster: 25 });
    const few = `bootstrap p50, beside ${sizes.fewEvents.toLocaleString('en-US')} events`;
    run.report({ figure: few, value: ours, unit, peer: quantile(times.small, 0.5), atMost: 1.5 });
    run.report({ figure: 'statements', value: statements, unit: 'statements', atMost: 6 });
    run.report({ figure: 'bootstrap p99', value: quantile(times.large, 0.99), unit });
    const series = { bootstrap: times.large, [`with ${sizes.fewEvents} events`]: times.small, 'the sidebar query': times.peer };
    run.distribution({ distribution: 'the sidebar of a member', unit, series });
  },
};

interface Side {
  readonly owner: pg.Client;
  readonly app: ReturnType<typeof appOver>;
}
type Times = Record<'large' | 'small' | 'peer', number[]>;

async function open({ streams, members }: Sizes, run: BenchRun, name: string, events: number): Promise<Side> {
  const database = await run.database(name);
  const owner = await database.connect();
  await run.until(`${events} events to be seeded`, seedBusyWorkspace(owner, { streams, members, events }));
  return { owner, app: appOver(database.open()) };
}

/** The query of the plan, with today's columns. */
const sidebarQuery = `select s.*,
    case when sm.user_id is not null then true else false end as is_member,
    sm.last_read_at,
    sm.notify_level,
    (select count(*) from stream_events e
     where e.stream_id = s.id
     and e.created_at > coalesce(sm.last_read_at, '1970-01-01')
     and e.deleted_at is null
     and e.actor_id != $2) as unread_count
  from streams s
  left join stream_members sm on s.id = sm.stream_id and sm.user_id = $2
  where s.workspace_id = $1
    and s.archived_at is null
    and s.stream_type in ('channel', 'dm')
    and (s.visibility = 'public' or sm.user_id is not null)
  order by s.name`;

/** The plan names no index. All of these but the first allow index-only counts after a vacuum. */
const indexes = [
  '(stream_id, created_at)',
  '(stream_id, created_at) include (actor_id) where deleted_at is null',
  '(stream_id, created_at, actor_id) where deleted_at is null',
  '(stream_id, created_at) include (actor_id, deleted_at)',
  '(stream_id, created_at, actor_id, deleted_at)',
];

const bySidebarQuery = (owner: pg.Client, viewer: string) =>
  owner.query({ name: 'sidebar', text: sidebarQuery, values: [theWorkspace, viewer] });
const byBootstrap = ({ app }: Side, viewer: string) => bootstrap(app, callerOf(theWorkspace, viewer));

async function millisecondsOf(read: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await read();
  return performance.now() - startedAt;
}

/** Creates the index with which the query is fastest. */
async function chooseIndex(run: BenchRun, owner: pg.Client, viewers: readonly string[]): Promise<string> {
  let best = { milliseconds: Number.POSITIVE_INFINITY, index: '' };
  const make = async (index: string) => {
    await run.until(`the peer's index ${index}`, owner.query(`create index peer on stream_events ${index}`));
    await run.until('vacuum', owner.query('vacuum analyze stream_events'));
  };
  for (const index of indexes) {
    await make(index);
    const times = [];
    for (const viewer of [...viewers, ...viewers]) times.push(await millisecondsOf(() => bySidebarQuery(owner, viewer)));
    const milliseconds = quantile(times, 0.5);
    if (milliseconds < best.milliseconds) best = { milliseconds, index };
    await owner.query('drop index peer');
  }
  await make(best.index);
  return best.index;
}

async function measure({ large, small }: Record<'large' | 'small', Side>, viewers: readonly string[], times: Times): Promise<void> {
  for (const viewer of viewers) {
    times.large.push(await millisecondsOf(() => byBootstrap(large, viewer)));
    times.small.push(await millisecondsOf(() => byBootstrap(small, viewer)));
    times.peer.push(await millisecondsOf(() => bySidebarQuery(large.owner, viewer)));
  }
}
