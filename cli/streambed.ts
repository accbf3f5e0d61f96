import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { compareFiles } from './commands/compare.ts';
import { exportToFile } from './commands/export.ts';
import { importFile } from './commands/import.ts';
import { importSlack } from './commands/import-slack.ts';
import { makeLocalWorkspace } from './commands/local-workspace.ts';
import { orLocalApp, reindex } from './commands/reindex.ts';
import { openConnection, withConnection } from './connection.ts';
import type { ConnectionOptions } from './connection.ts';
import { exitCodes, failureOf } from './failure.ts';
import { untilInterrupted } from './interrupt.ts';

/** Runs a command until it ends or Ctrl-C is pressed, and sets the exit code. */
async function run(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const interrupt = untilInterrupted();
  const { signal } = interrupt;
  try {
    await work(signal);
  } catch (error) {
    const failure = failureOf(signal.aborted ? signal.reason : error);
    console.error(failure.message);
    process.exitCode = failure.exitCode;
  } finally {
    interrupt.release();
  }
}

function lineNumber(text: string): number {
  const line = Number(text);
  if (!Number.isInteger(line) || line < 1) throw new InvalidArgumentError('It must be a line number, from 1.');
  return line;
}

interface Options extends ConnectionOptions {
  readonly out?: string;
  readonly fromLine: number;
  readonly userId: 'name' | 'id' | 'email';
}

const program = new Command('streambed')
  .description('Moves whole workspaces: out as a file, and in again; or in from a Slack export. Builds the index of memory anew.')
  .exitOverride()
  .showHelpAfterError('(--help tells more)');

withConnection(program.command('export'))
  .description('Write a workspace as NDJSON: streams, events, members; also what is private. Files and notifications are not part of it.')
  .option('-o, --out <file>', 'the file to write; else the standard output')
  .action((options: Options) =>
    run((signal) => exportToFile(openConnection(options), { ...(options.out !== undefined && { out: options.out }), signal })),
  );

withConnection(program.command('import'))
  .description('Import an exported file into a workspace that has no streams. Safe to repeat: what is there already stays as it is.')
  .argument('<file>', 'what "streambed export" wrote; - is the standard input')
  .option('--from-line <number>', 'pass over the lines before it: they are imported already', lineNumber, 1)
  .action((file: string, options: Options) =>
    run((signal) => importFile(openConnection(options), file, { fromLine: options.fromLine, signal })),
  );

withConnection(program.command('import-slack'))
  .description('Import the folder of a Slack export into a workspace that has no streams: people, channels, messages, threads, reactions.')
  .argument('<folder>', 'the folder with users.json and channels.json')
  .option('--user-id <field>', 'what becomes the id of a user: name, id or email', 'name')
  .option('-o, --out <file>', 'write the converted file instead of importing it')
  .action((folder: string, options: Options) => run((signal) => importSlack(options, folder, signal)));

program
  .command('compare')
  .description('Compare two exported files: are they equal, apart from the ids and times that they name as such?')
  .argument('<one>')
  .argument('<two>')
  .action((one: string, two: string) => run((signal) => compareFiles(one, two, { signal })));

withConnection(program.command('reindex'))
  .description('Build the index of memory anew from the database. Without --url it is that of the local app. Ctrl-C leaves it at work.')
  .option('--key <key>', 'the same as --api-key')
  .action(({ key, ...options }: ConnectionOptions & { readonly key?: string }) =>
    run((signal) => reindex(openConnection(orLocalApp(key === undefined ? options : { ...options, apiKey: key })), { signal })),
  );

program
  .command('local-workspace')
  .description('Make another workspace in a local app, to import into. Prints its id and an API key as JSON.')
  .argument('<name>')
  .option('--url <address>', 'where the local app is; else what .local/demo.json says')
  .action((name: string, options: { url?: string }) => run((signal) => makeLocalWorkspace(name, { ...options, signal })));

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
}
