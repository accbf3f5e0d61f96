import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { checkCommitMessage } from '../../scripts/house/commit-message.ts';

describe('The subject of a commit', () => {
  test.each([
    'realtime: Drop connections that are gone.',
    'end-to-end: Wait for the page.\n\nA body of any length may follow, and its lines are not held against the limit of the subject.',
    '\n# a comment of git\nhouse: Read the first line that says something.\n',
    `docs: ${'a'.repeat(65)}.`,
    "Merge branch 'wt-a'",
    'Merge remote-tracking branch with a name that is longer than any subject of a commit may be by itself',
  ])('is accepted: %j', (message) => {
    expect(checkCommitMessage(message)).toEqual([]);
  });

  test.each([
    ['Drop connections that are gone.', /form/],
    ['realtime: Drop connections that are gone', /form/],
    ['Realtime: Drop connections that are gone.', /form/],
    ['realtime:Drop connections that are gone.', /form/],
    ['Merged: the branch', /form/],
    ['', /form/],
    [`docs: ${'a'.repeat(66)}.`, /has 73 characters/],
  ])('is refused: %j', (message, fault) => {
    expect(checkCommitMessage(message)).toEqual([expect.stringMatching(fault)]);
  });
});

describe('The commit-msg hook', () => {
  let folder: string;
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'commit-message-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  const check = (message: string) => {
    const file = join(folder, 'COMMIT_EDITMSG');
    writeFileSync(file, message);
    return spawnSync(process.execPath, ['scripts/check-commit-message.ts', file], { encoding: 'utf8' });
  };

  test('ends with 1 and names the fault when the subject is refused', () => {
    expect(check('Fix it\n')).toMatchObject({ status: 1, stderr: 'commit message: the subject has the form "area: What it does."\n' });
  });

  test('ends with 0 and says nothing when it is accepted', () => {
    expect(check('house: Refuse long subjects.\n')).toMatchObject({ status: 0, stderr: '' });
  });
});
