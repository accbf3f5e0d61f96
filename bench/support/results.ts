import { createWriteStream, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import type { Line } from './figures.ts';
import { plotsOf } from './plots.ts';
import { pageOf } from './results-page.ts';
import type { Machine, Results } from './results-page.ts';
import type { Outcome } from './supervise.ts';

const placeOf = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const page = placeOf('results.md');
const lines = placeOf('results.ndjson');
const plots = placeOf('results/');

/** The results of a run in progress. */
export interface OpenResults {
  add(line: Line | Outcome): void;
  /** Writes the page and its plots from the lines. */
  close(): Promise<void>;
}

/** Truncates the file of lines, which may hold those of an interrupted run. */
export function openResults(): OpenResults {
  const stream = createWriteStream(lines);
  const add = (line: Line | Outcome | Machine) => void stream.write(`${JSON.stringify(line)}\n`);
  add(thisMachine());
  return {
    add,
    async close() {
      stream.end();
      await finished(stream);
      await renderResults();
    },
  };
}

/** Writes the page and its plots from the lines of the last run. */
export async function renderResults(): Promise<void> {
  const results = readResults(readFileSync(lines, 'utf8'));
  const drawn = plotsOf(results.lines);
  rmSync(plots, { recursive: true, force: true });
  mkdirSync(plots);
  for (const [name, svg] of drawn) writeFileSync(`${plots}${name}.svg`, svg);
  writeFileSync(page, await format(pageOf(results, [...drawn.keys()]), { parser: 'markdown', proseWrap: 'preserve' }));
}

/** Reads the lines of a run. Throws when the first line is not the description of the machine. */
export function readResults(text: string): Results {
  const [machine, ...rest] = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Machine | Line | Outcome);
  if (machine === undefined || !('cores' in machine)) throw new Error('The results do not begin with the machine that they are of');
  const isOutcome = (line: Machine | Line | Outcome): line is Outcome => 'status' in line;
  return { machine, lines: rest.filter((line) => !isOutcome(line)) as Line[], outcomes: rest.filter(isOutcome) };
}

function thisMachine(): Machine {
  return {
    date: new Date().toISOString().slice(0, 10),
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
}
