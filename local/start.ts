import { parseArgs, styleText } from 'node:util';
import { createLogBook } from './runner/log.ts';
import { startLocal } from './run.ts';
import type { Step } from './runner/steps.ts';

const usage = `npm start -- [options]

  --port <number>  port to listen on, 3000 unless given
  --state <folder> where state is kept, .local unless given
  --fresh          forget everything that earlier runs kept
  --quiet          show errors only
  --verbose        show everything, also what the functions say
  --no-demo        make no demo workspace

Settings in the environment: POSTGRES_DSN, DYNAMODB_ENDPOINT, QDRANT_URL, QDRANT_API_KEY, STREAMBED_LOCAL_ENVIRONMENTS;
EMBEDDING_PROVIDER (local, openai, bedrock), EMBEDDING_MODEL, EMBEDDING_DIMENSION, EMBEDDING_URL, EMBEDDING_API_KEY`;

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '3000' },
    state: { type: 'string' },
    fresh: { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    demo: { type: 'boolean', default: true },
    help: { type: 'boolean', default: false },
  },
  allowNegative: true,
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error(`--port must be a number from 0 to 65535, and is ${values.port}`);
  process.exit(2);
}

const pretty = process.stdout.isTTY;
const write = (text: string): void => void process.stdout.write(text);
const logBook = createLogBook({ show: values.quiet ? 'error' : values.verbose ? 'debug' : 'info', pretty, write });
const { log } = logBook;

/** Prints a table row on a terminal, a line otherwise. */
function report({ name, milliseconds, detail }: Step): void {
  if (values.quiet) return;
  if (pretty) write(`  ${name.padEnd(11)} ${String(milliseconds).padStart(6)} ms  ${styleText('dim', detail)}\n`);
  else log('info', name, { milliseconds, detail });
}

const from = performance.now();
if (pretty && !values.quiet) write('Streambed: running the synthesized app on this machine\n');
let stop: (() => Promise<void>) | undefined;
let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void end(signal));

/** Exits at once on a second signal. The database server notices by itself that its runner is gone. */
async function end(signal: NodeJS.Signals): Promise<void> {
  if (stopping || stop === undefined) process.exit(130);
  stopping = true;
  log('info', `${signal}: stopping`);
  await stop();
  process.exit(0);
}

try {
  const local = await startLocal({ port, stateDir: values.state, fresh: values.fresh, demo: values.demo, logBook, onStep: report });
  stop = () => local.stop();
  const milliseconds = Math.round(performance.now() - from);
  if (pretty) write(`${styleText('green', 'ready')} on ${local.baseUrl} after ${(milliseconds / 1000).toFixed(1)} s; Ctrl-C ends it\n`);
  else
    write(
      `${JSON.stringify({ at: new Date().toISOString(), level: 'info', message: 'ready', baseUrl: local.baseUrl, wsUrl: local.wsUrl, milliseconds })}\n`,
    );
} catch (thrown) {
  log('error', `Streambed did not start: ${(thrown as Error).message}`);
  if (values.verbose) console.error(thrown);
  process.exit(1);
}
