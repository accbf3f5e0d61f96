import { limit, measureSlowness } from './test/support/slowness.ts';

// The test script has measured it already. The workers take it from here.
process.env.TEST_SLOWNESS ??= String(await measureSlowness());

// Tests start the app a dozen times on two cores, and more environments than cores do nothing sooner. Loading four of each function takes
// 10.5 s of processor time until the demo is told and all queues are settled, loading two 7.7 s.
process.env.STREAMBED_LOCAL_ENVIRONMENTS ||= '2';

/** Node strips the types itself: no compiler between the source and the test. */
export default {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': './test/support/strip-types.cjs' },
  modulePathIgnorePatterns: ['<rootDir>/cdk.out', '<rootDir>/.local', '<rootDir>/dist'],
  workerIdleMemoryLimit: '512MB',
  globalSetup: './test/support/global-setup.ts',
  globalTeardown: './test/support/global-teardown.ts',
  maxWorkers: 2,
  testSequencer: './test/support/sequencer.ts',
  testTimeout: limit(30_000),
};
