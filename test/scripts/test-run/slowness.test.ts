import { afterEach, expect, test } from '@jest/globals';
import { availableParallelism } from 'node:os';
import { limit, measureSlowness } from '../../support/slowness.ts';

const { TEST_SLOWNESS: measured } = process.env;
afterEach(() => {
  if (measured === undefined) delete process.env.TEST_SLOWNESS;
  else process.env.TEST_SLOWNESS = measured;
});

test('With ten threads of work per core a machine is at least twice as slow as the work says, and at most eight times', async () => {
  const slowness = await measureSlowness(10 * availableParallelism());
  expect(slowness).toBeGreaterThanOrEqual(2);
  expect(slowness).toBeLessThanOrEqual(8);
});

test('A limit grows with the slowness of the machine', () => {
  process.env.TEST_SLOWNESS = '2.5';
  expect(limit(10_000)).toBe(25_000);
  delete process.env.TEST_SLOWNESS;
  expect(limit(10_000)).toBe(10_000);
});
