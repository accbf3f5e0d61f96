/** Options of `npm test`. */
export interface TestOptions {
  readonly help: boolean;
  /** Run beside processes that keep every core busy. */
  readonly busy: boolean;
  /** Number of runs, at least 1. */
  readonly repeat: number;
  /** The rest, for jest: paths and its own options. */
  readonly jest: readonly string[];
}

export const usage = `npm test -- [options] [paths and options of jest]

  --busy       run beside processes that burn, one per core
  --repeat N   run N times, and print a table of the runs
  --help       this text; npx jest --help has the options of jest

npm test -- test/functions/streams                      one part
npm test -- test/contract -t 'a part of a name'         tests by name
npm test -- --busy --repeat 10 test/local/lock.test.ts  one file, ten times, on a busy machine`;

/**
 * Reads the options of the script from its arguments and leaves the rest, in order, for jest.
 *
 * @throws Error when `--repeat` has no whole number from 1 to 1000.
 */
export function parseTestOptions(given: readonly string[]): TestOptions {
  const jest: string[] = [];
  let [help, busy, repeat] = [false, false, 1];
  const rest = [...given];
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    if (argument === '--help') help = true;
    else if (argument === '--busy') busy = true;
    else if (argument === '--repeat') repeat = parseCount(rest.shift());
    else if (argument.startsWith('--repeat=')) repeat = parseCount(argument.slice('--repeat='.length));
    else jest.push(argument);
  }
  return { help, busy, repeat, jest };
}

function parseCount(given: string | undefined): number {
  const count = Number(given);
  if (!/^\d+$/.test(given ?? '') || count < 1 || count > 1000) {
    throw new Error(`--repeat needs a whole number from 1 to 1000, and was given ${given ?? 'nothing'}`);
  }
  return count;
}
