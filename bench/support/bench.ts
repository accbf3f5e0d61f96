import type { BenchRun } from './bench-run.ts';

/** A size of a bench; each one is an option of its command line too: `waitMs: 20` is `--wait-ms 20`, `inMemory: false` is `--in-memory`. */
type Size = number | string | boolean | readonly string[];

/**
 * The export `bench` of a file of `bench/`. The full form is what figures are quoted from; the smoke form has the smallest sizes that still
 * run every line, so that the tests notice when a bench no longer works.
 */
export interface Bench<Sizes extends object = Record<string, Size>> {
  readonly full: Sizes;
  readonly smoke: Sizes;
  /** Measures, and reports each figure. Throws `NoData` when there is nothing to measure with. */
  run(sizes: Sizes, run: BenchRun): Promise<void>;
}

/** A bench cannot run because the data that it reads do not ship with the project. */
export class NoData extends Error {
  override name = 'NoData';
}
