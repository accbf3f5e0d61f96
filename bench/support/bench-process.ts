import { setTimeout } from 'node:timers/promises';
import type { Bench } from './bench.ts';
import { NoData } from './bench.ts';
import { startRun } from './bench-run.ts';
import type { StartedRun } from './bench-run.ts';
import type { Line } from './figures.ts';
import { createServices } from './services.ts';
import { readSizes } from './sizes.ts';

/** Benches for this process to run, as the supervisor sends them. */
export interface Task {
  readonly name: string;
  /** The module that exports the bench. */
  readonly url: string;
  /** Its options on the command line. */
  readonly args: readonly string[];
}

export type FromBench =
  | { readonly kind: 'begin'; readonly name: string }
  | { readonly kind: 'line'; readonly line: Line }
  | { readonly kind: 'end'; readonly name: string; readonly status: 'done' | 'failed' | 'no data'; readonly reason?: string }
  | { readonly kind: 'waits'; readonly waits: readonly string[] };

export type ToBench =
  { readonly kind: 'run'; readonly tasks: readonly Task[]; readonly form: 'full' | 'smoke' } | { readonly kind: 'stop' };

/**
 * The process of one bench, or of several smoke forms that share the app and the database. When it is stopped or loses its supervisor, it
 * prints what the bench waits for, releases its resources and exits with 1.
 */
const services = createServices();
const endMs = 10_000;
let current: StartedRun | undefined;
let stopping = false;
const send = (message: FromBench) => void (process.connected && process.send?.(message));

process.on('message', (message: ToBench) => void (message.kind === 'stop' ? stop() : runAll(message)));
process.once('disconnect', () => void stop());

async function runAll({ tasks, form }: Extract<ToBench, { kind: 'run' }>): Promise<void> {
  for (const task of tasks) {
    send({ kind: 'begin', name: task.name });
    try {
      await runOne(task, form);
      send({ kind: 'end', name: task.name, status: 'done' });
    } catch (error) {
      if (stopping) return;
      const reason = error instanceof NoData ? error.message : String((error as Error).stack ?? error);
      send({ kind: 'end', name: task.name, status: error instanceof NoData ? 'no data' : 'failed', reason });
    }
  }
  await services.stop();
  process.exit(0);
}

async function runOne({ name, url, args }: Task, form: 'full' | 'smoke'): Promise<void> {
  const { bench } = (await import(url)) as { bench: Bench<object> };
  const sizes = readSizes(args, bench[form]);
  current = startRun(name, services, (line) => send({ kind: 'line', line }));
  try {
    await bench.run(sizes, current.run);
  } finally {
    await endWithin(current.end(), name);
  }
}

/** Bounds the cleanup: work that does not end by itself ends with this process and does not delay the outcome. */
async function endWithin(ending: Promise<void>, name: string): Promise<void> {
  const isLate = await Promise.race([ending.then(() => false), setTimeout(endMs, true, { ref: false })]);
  if (isLate) console.error(`${name}: what it started has not ended after ${endMs / 1_000} s`);
}

async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  send({ kind: 'waits', waits: current?.waits() ?? [] });
  await current?.end().catch(() => undefined);
  await services.stop();
  process.exit(1);
}
