import { styleText } from 'node:util';
import { Command } from 'commander';
import { readDemo } from '../cli/connection.ts';
import { failureOf } from '../cli/failure.ts';
import { accessAttacks } from './attacks/access.ts';
import { Arena } from './attacks/arena.ts';
import type { Attack } from './attacks/arena.ts';
import { callerAttacks } from './attacks/callers.ts';
import { deletionAttacks } from './attacks/deletion.ts';
import { requestWorkspace } from './demo-memory/cast.ts';

/**
 * Attacks the promises of access, deletion, credentials and bounded work in a running local app. Prints each attack with what it got and
 * what it should have got. Exits with 1 when one differs. Each run has its own workspaces.
 */
const options = new Command('demo:attacks')
  .option('--url <address>', 'where the local app is; else what .local/demo.json says')
  .option('--only <promises>', 'promises to attack, such as A3,C14')
  .option('--skip <promises>', 'promises not to attack')
  .option('--json', 'print one JSON object instead of lines', false)
  .parse()
  .opts<{ readonly url?: string; readonly only?: string; readonly skip?: string; readonly json: boolean }>();

const attacks: readonly Attack[] = [...accessAttacks, ...deletionAttacks, ...callerAttacks];

async function outcomeOf(attack: Attack, arena: Arena): Promise<string> {
  try {
    return await attack.run(arena);
  } catch (error) {
    return `failed: ${error instanceof Error ? error.message : String(error)}`;
  }
}

async function attackAll(): Promise<void> {
  const baseUrl = (options.url ?? readDemo(true).baseUrl).replace(/\/$/, '');
  const wanted = options.only?.split(',');
  const skipped = options.skip?.split(',') ?? [];
  const arena = await Arena.open(baseUrl, (name) => requestWorkspace(baseUrl, name));
  const results: object[] = [];
  try {
    for (const attack of attacks) {
      const { promise, tries, should } = attack;
      if ((wanted && !wanted.includes(promise)) || skipped.includes(promise)) continue;
      const got = await outcomeOf(attack, arena);
      const holds = got === should;
      results.push({ promise, tries, should, got, holds });
      if (!holds) process.exitCode = 1;
      if (options.json) continue;
      console.log(`${holds ? styleText('green', 'holds ') : styleText('red', 'BROKEN')} ${promise.padEnd(4)} ${tries}`);
      console.log(`       got: ${got}${holds ? '' : styleText('red', `   should be: ${should}`)}`);
    }
  } finally {
    arena.close();
  }
  if (options.json) console.log(JSON.stringify({ baseUrl, results }));
}

await attackAll().catch((error: unknown) => {
  const failure = failureOf(error);
  console.error(failure.message);
  process.exitCode = failure.exitCode;
});
