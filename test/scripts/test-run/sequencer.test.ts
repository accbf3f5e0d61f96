import { expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import LongestFirst from '../../support/sequencer.ts';

const root = path.resolve(import.meta.dirname, '../../..');

test('Files run the longest first: as long as they took last time, or else as is expected of their folder', () => {
  const cacheDirectory = mkdtempSync(path.join(tmpdir(), 'streambed-sequencer-'));
  const context = { config: { cache: true, cacheDirectory, haste: {}, id: 'test', rootDir: root }, hasteFS: { getSize: () => 1 } };
  const testAt = (file: string) => ({ path: path.join(root, file), context });
  const files = ['test/web/a.test.ts', 'test/functions/b/c.test.ts', 'test/lib/d.test.ts', 'test/end-to-end/e.test.ts'].map(testAt);
  const order = () =>
    new LongestFirst({}).sort(files.map((file) => ({ ...file }))).map(({ path: file }) => path.basename(file, '.test.ts'));
  try {
    expect(order()).toEqual(['e', 'd', 'c', 'a']);
    const took = (file: (typeof files)[number], seconds: number) => ({
      testFilePath: file.path,
      perfStats: { runtime: seconds * 1000 },
      numFailingTests: 0,
    });
    new LongestFirst({}).cacheResults(files, { testResults: [took(files[0]!, 10), took(files[3]!, 0.1)] });
    expect(order()).toEqual(['a', 'd', 'c', 'e']);
  } finally {
    rmSync(cacheDirectory, { recursive: true, force: true });
  }
});
