import { afterAll, describe, expect, test } from '@jest/globals';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildBundles, bundleName, bundleSource } from '../../../lib/platform/bundles.ts';
import { root } from '../synthesized.ts';

const directory = mkdtempSync(join(tmpdir(), 'streambed-bundles-'));
afterAll(() => rmSync(directory, { recursive: true }));
const { bundles, inputs } = buildBundles(directory);

describe('the bundles', () => {
  test('are one for each entry file, named after it', () => {
    expect(bundles.map(({ source }) => source)).toEqual(globSync('functions/**/*.lambda.ts', { cwd: root }).sort());
    expect(bundleName('functions/operations/sweep-outbox.lambda.ts')).toBe('operations-sweep-outbox');
    for (const { name, source } of bundles) expect(bundleSource(name)).toBe(source);
  });

  test.each(bundles.map(({ name, bytes }) => [name, bytes] as const))('%s is small', (name, bytes) => {
    expect(bytes).toBeLessThan(1.5e6);
    expect(bytes).toBeGreaterThan(10_000);
  });

  test('are ES modules with a map beside them', () => {
    for (const bundle of bundles) {
      const code = readFileSync(join(bundle.directory, 'index.mjs'), 'utf8');
      expect(code.slice(0, 200)).toContain('createRequire');
      expect(code.trimEnd()).toMatch(/\/\/# sourceMappingURL=index\.mjs\.map$/);
      expect(existsSync(join(bundle.directory, 'index.mjs.map'))).toBe(true);
    }
  });

  test('carry the migrations where they are run, and so change with them', () => {
    const carried = globSync('*.sql', { cwd: join(directory, 'platform-migrate/migrations') });
    expect(carried.sort()).toEqual(globSync('[0-9]*.sql', { cwd: join(root, 'migrations') }).sort());
    expect(carried.length).toBeGreaterThan(0);
  });

  test('say what they were made from', () => {
    expect(inputs).toEqual(expect.arrayContaining(['contract/names.ts', 'functions/streams/http.lambda.ts']));
  });

  test('come out the same when made again', () => {
    const first = bundles.map((bundle) => readFileSync(join(bundle.directory, 'index.mjs'), 'utf8'));
    buildBundles(directory);
    expect(bundles.map((bundle) => readFileSync(join(bundle.directory, 'index.mjs'), 'utf8'))).toEqual(first);
  });
});
