import { limit, measureSlowness } from './test/support/slowness.ts';

// The test script has measured it already. The workers take it from here.
process.env.TEST_SLOWNESS ??= String(await measureSlowness());

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
