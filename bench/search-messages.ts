import { setTimeout as pause } from 'node:timers/promises';
import { SearchQuery } from '../contract/search.ts';
import { postEvent } from '../functions/streams/events/post-event.ts';
import { searchEvents } from '../functions/streams/reading/search-events.ts';
import type { Bench } from './support/bench.ts';
import type { BenchRun } from './support/bench-run.ts';
import type { BenchDatabase } from './support/database.ts';
import { quantile } from './support/figures.ts';
import { startSearchers } from './support/searchers.ts';
import { channelOf, member, nthTenant, seedTenants, wordsOf } from './support/message-tenants.ts';
import { appOver, callerOf } from './support/use-case-app.ts';

const full = { messages: 1_000_000, tenants: 20, rounds: 800, seconds: 6, turns: 4, searchers: 12, inMemory: false };
const smoke = { messages: 2_000, tenants: 4, rounds: 2, seconds: 0.2, turns: 1, searchers: 3, inMemory: true };
type Sizes = typeof full;

/**
 * Search for messages through the use case: one of 20 tenants with 1,000,000 messages, beside the same tenant in a database of its own, in
 * alternating rounds. Then the posts of another tenant, with and without 12 clients that search for a common word and wait as long as they
 * are told when they are refused. Each commit is flushed to disk (`--in-memory` turns that off).
 */
export const bench: Bench<Sizes> = {
  full,
  smoke,
  async run(sizes, run) {
    const seededAt = performance.now();
    const options = { durable: !sizes.inMemory };
    const shared = await run.database('messages_shared', options);
    const alone = await run.database('messages_alone', options);
    const owner = await shared.connect();
    await run.until('all tenants to be seeded', seedTenants(owner, sizes));
    await run.until('one tenant to be seeded', seedTenants(await alone.connect(), { ...sizes, only: 0 }));
    run.report({ figure: 'seeding', value: (performance.now() - seededAt) / 1_000, unit: 's' });
    const { rows } = await owner.query<{ megabytes: number }>(
      `select pg_relation_size('text_messages_by_keys') / 1e6::float8 as megabytes`,
    );
    run.report({ figure: 'index of all tenants', value: rows[0]?.megabytes ?? Number.NaN, unit: 'MB' });
    await measureQueries(sizes, run, { shared, alone });
    await measurePosts(sizes, run, shared);
  },
};

type Kind = keyof typeof wordsOf;
const kinds = Object.keys(wordsOf) as Kind[];
type Find = (kind: Kind) => Promise<number>;

/** Searches for a tenant's member with a connection of its own, and resolves with the number of hits. */
function finder(database: BenchDatabase, tenant: number): Find {
  const app = appOver(database.open());
  const caller = callerOf(nthTenant(tenant), member);
  return async (kind) => (await searchEvents(app, caller, SearchQuery.parse({ q: wordsOf[kind] }))).items.length;
}

async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

async function measureQueries({ rounds }: Sizes, run: BenchRun, databases: Record<'shared' | 'alone', BenchDatabase>): Promise<void> {
  const shared = finder(databases.shared, 0);
  const alone = finder(databases.alone, 0);
  for (const kind of kinds) {
    const times = { shared: [] as number[], alone: [] as number[] };
    const hits = [await shared(kind), await alone(kind)];
    if (hits[0] !== hits[1]) throw new Error(`${kind}: ${hits.join(' and ')} hits on the two sides`);
    for (let i = 0; i < Math.ceil(rounds / 10); i++) await Promise.all([shared(kind), alone(kind)]);
    for (let round = 0; round < rounds; round++) {
      times.shared.push(
        await run.until(
          `${kind}, shared`,
          millisecondsOf(() => shared(kind)),
        ),
      );
      times.alone.push(
        await run.until(
          `${kind}, alone`,
          millisecondsOf(() => alone(kind)),
        ),
      );
    }
    for (const [name, share] of [
      ['p50', 0.5],
      ['p99', 0.99],
    ] as const) {
      const figure = `${kind} query ${name}, beside a database of its own`;
      run.report({ figure, value: quantile(times.shared, share), unit: 'ms', peer: quantile(times.alone, share), atMost: 1.5 });
    }
    run.distribution({
      distribution: `a search for a word: ${kind}`,
      unit: 'ms',
      series: { 'beside 19 tenants': times.shared, alone: times.alone },
    });
  }
}

async function measurePosts({ seconds, turns, searchers }: Sizes, run: BenchRun, database: BenchDatabase): Promise<void> {
  const app = appOver(database.open());
  const caller = callerOf(nthTenant(1), member);
  const post = () => postEvent(app, caller, { streamId: channelOf(1), text: 'The deploy went out, and checkout answers again.' });
  const times = { quiet: [] as number[], busy: [] as number[] };
  const counts = { found: 0, refused: 0 };
  const all = { address: database.address, workspaceId: nthTenant(0), userId: member, words: wordsOf.common, count: searchers };
  await run.until('the writer to be warm', posts(post, seconds));
  for (let turn = 0; turn < turns; turn++) {
    times.quiet.push(...(await run.until(`posts alone, turn ${turn}`, posts(post, seconds))));
    const end = await run.until(`searches of turn ${turn} to begin`, startSearchers(all));
    times.busy.push(...(await run.until(`posts beside searches, turn ${turn}`, posts(post, seconds))));
    const { found, refused } = await run.until(`searches of turn ${turn} to end`, end());
    counts.found += found;
    counts.refused += refused;
  }
  const figure = `post p99 of another tenant while ${searchers} search, beside without`;
  run.report({ figure, value: quantile(times.busy, 0.99), unit: 'ms', peer: quantile(times.quiet, 0.99), atMost: 1.5 });
  const median = `post p50 of another tenant while ${searchers} search, beside without`;
  run.report({ figure: median, value: quantile(times.busy, 0.5), unit: 'ms', peer: quantile(times.quiet, 0.5) });
  run.report({
    figure: 'searches answered meanwhile',
    value: counts.found / (turns * seconds),
    unit: 'searches/s',
    refused: counts.refused,
  });
  run.distribution({ distribution: 'a post of another tenant', unit: 'ms', series: { 'while 12 search': times.busy, alone: times.quiet } });
}

/** Posts one after the other, 50 a second at most, and resolves with the milliseconds of each. */
async function posts(post: () => Promise<unknown>, seconds: number): Promise<number[]> {
  const times: number[] = [];
  const until = performance.now() + 1_000 * seconds;
  while (performance.now() < until) {
    const milliseconds = await millisecondsOf(post);
    times.push(milliseconds);
    await pause(Math.max(0, 20 - milliseconds));
  }
  return times;
}
