import { limit, measureSlowness } from './test/support/slowness.ts';

// Already set when the test script has measured it; passed on to the workers.
process.env.TEST_SLOWNESS ??= String(await measureSlowness());

// Tests start the app a dozen times on two cores, and more environments than cores gain nothing. With four environments of each function
// a start takes 10.5 s of processor time until the demo is complete and all queues are empty; with two it takes 7.7 s.
process.env.STREAMBED_LOCAL_ENVIRONMENTS ||= '2';

/** Jest runs the sources with their types stripped, without a compiler. */
export default {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': './test/support/strip-types.cjs' },
  modulePathIgnorePatterns: ['<rootDir>/cdk.out', '<rootDir>/.local', '<rootDir>/dist'],
  workerIdleMemoryLimit: '512MB',
  globalSetup: './test/support/global-setup.ts',
  globalTeardown: './test/support/global-teardown.ts',
  // Tests wait for half of their time. On two cores the suite takes 834 s with two workers, and 693 s with three.
  maxWorkers: 3,
  testSequencer: './test/support/sequencer.ts',
  testTimeout: limit(30_000),
};
