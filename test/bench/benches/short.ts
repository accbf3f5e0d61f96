import type { Bench } from '../../../bench/support/bench.ts';

const sizes = { count: 1 };

/** Reports its sizes. */
export const bench: Bench<typeof sizes> = {
  full: sizes,
  smoke: { count: 0 },
  async run({ count }, run) {
    run.report({ figure: 'count', value: count, unit: '', atMost: 2 });
  },
};
