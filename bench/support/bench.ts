import type { BenchRun } from './bench-run.ts';

/** A size of a bench, which is also a command-line option: `waitMs: 20` is `--wait-ms 20`, `inMemory: false` is `--in-memory`. */
type Size = number | string | boolean | readonly string[];

/**
 * The export `bench` of a file of `bench/`. Quoted figures come from the full form. The smoke form has the smallest sizes that still run
 * every line, so that the tests notice a broken bench.
 */
export interface Bench<Sizes extends object = Record<string, Size>> {
  readonly full: Sizes;
  readonly smoke: Sizes;
  /** Measures, and reports each figure. Throws `NoData` when the input data are missing. */
  run(sizes: Sizes, run: BenchRun): Promise<void>;
}

/** Input data of a bench are missing because they do not ship with the project. */
export class NoData extends Error {
  override name = 'NoData';
}
