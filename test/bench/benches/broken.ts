import type { Bench } from '../../../bench/support/bench.ts';
import { NoData } from '../../../bench/support/bench.ts';

const sizes = { how: 'throws' };

/** Fails in each way that a bench can. */
export const bench: Bench<typeof sizes> = {
  full: sizes,
  smoke: sizes,
  async run({ how }) {
    if (how === 'dies') process.kill(process.pid, 'SIGKILL');
    if (how === 'lacks data') throw new NoData('There is nothing to measure with');
    throw new Error('The peer answers otherwise');
  },
};
