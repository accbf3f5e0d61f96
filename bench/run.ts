import { parseArgs } from 'node:util';
import { assign, plan } from './support/plan.ts';
import type { Line } from './support/figures.ts';
import { openResults, renderResults } from './support/results.ts';
import { superviseBenches } from './support/supervise.ts';
import type { Outcome } from './support/supervise.ts';

/**
 * Runs benches and prints each figure as a line of JSON. `node bench/run.ts fan-out --sockets 500` runs one, with its own options;
 * without a name it runs all of them and writes `bench/results.md` with its plots. `--smoke` uses the smallest sizes, `--deadline
 * SECONDS` overrides the plan, `--render` writes the page again from the last run's lines. Exits with 1 when a bench fails or a bound
 * does not hold.
 */
const given = process.argv.slice(2);
const firstOption = given.findIndex((argument) => argument.startsWith('-'));
const names = firstOption === -1 ? given : given.slice(0, firstOption);
const { values, rest } = ownOptions(given.slice(names.length));

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort());

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  return 1;
});

/** Resolves with the exit status. */
async function main(): Promise<number> {
  if (values.render) {
    await renderResults();
    return 0;
  }
  if (names.length !== 1 && rest.length > 0) throw new Error(`${rest.join(' ')}: options are for one bench; name it before them`);
  const isAll = names.length === 0;
  const form = values.smoke ? 'smoke' : 'full';
  const assignments = assign(isAll ? plan.map(({ name }) => name) : names, { form, args: rest, deadline: values.deadline });
  const results = isAll && form === 'full' ? openResults() : undefined;
  const missed: string[] = [];
  const onLine = (line: Line) => {
    console.log(JSON.stringify(line));
    results?.add(line);
    if (form === 'full' && 'holds' in line && line.holds === false) missed.push(`${line.bench}: ${line.figure}`);
  };
  const onOutcome = (outcome: Outcome) => {
    results?.add(outcome);
    if (outcome.status !== 'done' || assignments.length > 1) console.error(sayOutcome(outcome));
  };
  const outcomes = await superviseBenches(assignments, { form, together: form === 'smoke', onLine, onOutcome, signal: interrupt.signal });
  await results?.close();
  for (const figure of missed) console.error(`A bound does not hold: ${figure}`);
  const isMissing = outcomes.some(({ status }) => status === 'failed' || (status === 'no data' && !isAll));
  return isMissing || outcomes.length < assignments.length || (isAll && missed.length > 0) ? 1 : 0;
}

function sayOutcome({ bench, status, seconds, reason }: Outcome): string {
  if (status === 'done') return `${bench}: done in ${seconds} s`;
  return status === 'failed' ? `${bench}: failed after ${seconds} s: ${reason}` : `${bench}: not run, no data: ${reason}`;
}

/** Separates the options of this command from those for the bench. */
function ownOptions(args: readonly string[]) {
  const options = { smoke: { type: 'boolean' }, render: { type: 'boolean' }, deadline: { type: 'string' } } as const;
  const { values, tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const own = new Set<number>();
  for (const token of tokens) {
    if (token.kind !== 'option' || !(token.name in options)) continue;
    own.add(token.index);
    if (token.name === 'deadline' && token.inlineValue === false) own.add(token.index + 1);
  }
  const deadline = values.deadline === undefined ? undefined : Number(values.deadline);
  if (deadline !== undefined && !(deadline > 0)) throw new Error('--deadline takes a number of seconds');
  return {
    values: { smoke: values.smoke === true, render: values.render === true, deadline },
    rest: args.filter((_, index) => !own.has(index)),
  };
}
