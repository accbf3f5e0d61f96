import { expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { takeLock, withLock } from '../../local/runner/lock.ts';

const fileIn = () => path.join(mkdtempSync(path.join(tmpdir(), 'streambed-lock-')), 'lock');

test('A lock has one holder, and is free again afterwards', () => {
  const file = fileIn();
  const release = takeLock(file);
  expect(takeLock(file)).toEqual({ heldBy: process.pid });
  (release as () => void)();
  expect(takeLock(file)).toBeInstanceOf(Function);
  expect(readdirSync(path.dirname(file))).toEqual(['lock']);
});

test('The lock of a process that is no more is taken over', () => {
  const file = fileIn();
  writeFileSync(file, '999999999');
  expect(takeLock(file)).toBeInstanceOf(Function);
});

test('Work under a lock is done one after the other, also after work that failed', async () => {
  const file = fileIn();
  let inside = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++inside);
    await new Promise((resolve) => setTimeout(resolve, 10));
    inside--;
    throw new Error('on purpose');
  };
  const all = await Promise.allSettled([1, 2, 3].map(() => withLock(file, work)));
  expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(most).toBe(1);
});
