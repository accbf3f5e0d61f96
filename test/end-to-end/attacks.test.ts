import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { startLocal } from '../../local/run.ts';
import type { Local } from '../../local/run.ts';
import { limit } from '../support/slowness.ts';

/** The attacks of `npm run demo:attacks`, against an app as a person starts it. */
let local: Local;
beforeAll(async () => {
  local = await startLocal({ port: 0, ephemeral: true, quiet: true, demo: false });
}, limit(120_000));
afterAll(async () => {
  await local?.stop();
});

test(
  'every promise holds against every attack on it',
  async () => {
    // A8 posts 2,050 messages over HTTP; test/functions/streams/search.test.ts does the same in the database.
    const script = spawn(process.execPath, ['scripts/demo-attacks.ts', '--json', '--skip', 'A8', '--url', local.baseUrl], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const { results } = JSON.parse(await text(script.stdout)) as { results: { promise: string; holds: boolean }[] };
    expect(results.filter(({ holds }) => !holds)).toEqual([]);
    expect(new Set(results.map(({ promise }) => promise)).size).toBeGreaterThanOrEqual(15);
  },
  limit(300_000),
);
