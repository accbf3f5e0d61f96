import { spawn } from 'node:child_process';
import packageJson from '../package.json' with { type: 'json' };

/** Runs every `check:*` script of package.json, two at a time. Prints the findings of failed checks, then a summary. */
const checks = Object.entries(packageJson.scripts).filter(([name]) => name.startsWith('check:'));

interface Outcome {
  readonly name: string;
  readonly ok: boolean;
  readonly output: string;
  readonly seconds: number;
}

function run(name: string, command: string): Promise<Outcome> {
  const started = performance.now();
  return new Promise((resolve) => {
    const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.on('close', (code) => resolve({ name, ok: code === 0, output, seconds: (performance.now() - started) / 1000 }));
  });
}

const queue = checks.values();
const outcomes: Outcome[] = [];
const lane = async () => {
  for (const [name, command] of queue) {
    const outcome = await run(name, command);
    outcomes.push(outcome);
    if (!outcome.ok) console.error(`\n---- npm run ${name}\n${outcome.output.trimEnd()}`);
  }
};
await Promise.all([lane(), lane()]);

console.log('');
for (const { name, ok, seconds } of outcomes)
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(16)} ${seconds.toFixed(1).padStart(5)} s`);
process.exitCode = outcomes.length > 0 && outcomes.every(({ ok }) => ok) ? 0 : 1;
