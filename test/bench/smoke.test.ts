import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import * as z from 'zod';
import type { Line } from '../../bench/support/figures.ts';
import { assign, plan } from '../../bench/support/plan.ts';
import { superviseBenches } from '../../bench/support/supervise.ts';
import type { Outcome } from '../../bench/support/supervise.ts';

/** A figure may have additional fields. */
const Figure = z
  .looseObject({
    bench: z.string(),
    figure: z.string().min(1),
    value: z.number(),
    unit: z.string(),
    peer: z.number().optional(),
    ratio: z.number().optional(),
    must: z
      .string()
      .regex(/^(ratio )?(<=|>=) [\d.]+$/)
      .optional(),
    holds: z.boolean().optional(),
  })
  .refine(({ peer, ratio }) => (peer === undefined) === (ratio === undefined), 'a ratio goes with a peer')
  .refine(({ must, holds }) => (must === undefined) === (holds === undefined), 'a bound holds or does not');
const Distribution = z
  .strictObject({
    bench: z.string(),
    distribution: z.string().min(1),
    unit: z.string(),
    shares: z.array(z.number()),
    series: z.record(z.string(), z.array(z.number())),
  })
  .refine(({ shares, series }) => Object.values(series).every((values) => values.length === shares.length), 'a value for each share');

interface BenchEnd {
  readonly outcome: Outcome;
  readonly lines: readonly Line[];
}

const names = plan.map(({ name }) => name);
const deadlineMs = 1_000 * Math.max(...assign(names, { form: 'smoke' }).map(({ deadlineSeconds }) => deadlineSeconds));
const interrupt = new AbortController();
const ended = new Map(names.map((name) => [name, Promise.withResolvers<BenchEnd>()]));
let run: Promise<Outcome[]> | undefined;

beforeAll(() => {
  const lines: Line[] = [];
  run = superviseBenches(assign(names, { form: 'smoke' }), {
    form: 'smoke',
    together: true,
    onLine: (line) => lines.push(line),
    onOutcome: (outcome) => ended.get(outcome.bench)?.resolve({ outcome, lines: lines.splice(0) }),
    signal: interrupt.signal,
  });
});
afterAll(async () => {
  interrupt.abort();
  await run;
}, 60_000);

describe('the smoke form', () => {
  // The benches run in sequence: each test waits for those before it, and never longer than the supervisor's deadlines.
  test.each(names)(
    'of %s runs, and prints figures of the documented shape',
    async (name) => {
      const { outcome, lines } = await (ended.get(name) as PromiseWithResolvers<BenchEnd>).promise;
      expect(outcome).toMatchObject({ bench: name, status: 'done' });
      expect(lines.filter((line) => 'figure' in line).length).toBeGreaterThan(0);
      for (const line of lines) {
        expect(line.bench).toBe(name);
        expect(('figure' in line ? Figure : Distribution).safeParse(JSON.parse(JSON.stringify(line))).error).toBeUndefined();
      }
    },
    deadlineMs + 30_000,
  );

  test('exists of every file in bench/, and npm run bench runs all of them', () => {
    const files = readdirSync('bench').filter((file) => file.endsWith('.ts') && file !== 'run.ts');
    expect(names.toSorted()).toEqual(files.map((file) => file.replace(/\.ts$/, '')).toSorted());
  });

  test('counts what is right, whatever the sizes: nothing is lost, doubled or forgotten', async () => {
    const all = await Promise.all(Array.from(ended.values(), ({ promise }) => promise));
    const counts = all.flatMap(({ lines }) => lines).filter((line) => 'figure' in line && line.must === '<= 0');
    expect(counts.map((line) => ('figure' in line ? line.figure.replace(/, of \d+/, '') : '')).toSorted()).toEqual([
      'messages in no epoch',
      'messages that no epoch holds',
      'positions that are missing or doubled',
      'sockets that got it twice',
    ]);
    for (const count of counts) expect(count).toMatchObject({ value: 0, holds: true });
  });
});
