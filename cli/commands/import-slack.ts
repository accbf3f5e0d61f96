import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type { ExportRecord } from '../../contract/transfer.ts';
import { openConnection } from '../connection.ts';
import type { ConnectionOptions } from '../connection.ts';
import { exitCodes, Failure } from '../failure.ts';
import { createProgress } from '../progress.ts';
import { sendRecords } from '../send-records.ts';
import type { PlacedRecord } from '../send-records.ts';
import { LeftOut } from '../slack/left-out.ts';
import { readSlackFolder } from '../slack/slack-files.ts';
import { slackRecords } from '../slack/slack-records.ts';

interface Options extends ConnectionOptions {
  readonly out?: string;
  readonly userId: string;
}

/** Imports the folder of a Slack export, or writes it as a file to import. Prints at the end what has no counterpart here. */
export async function importSlack(options: Options, root: string, signal: AbortSignal): Promise<void> {
  const field = options.userId;
  if (field !== 'name' && field !== 'id' && field !== 'email')
    throw new Failure(`--user-id must be name, id or email, and is ${field}`, exitCodes.usage);
  const connection = options.out === undefined ? openConnection(options) : undefined;
  const folder = await readSlackFolder(root);
  const leftOut = new LeftOut();
  const records = slackRecords(folder, { field, leftOut, signal });
  const progress = createProgress('Slack');
  if (connection === undefined) {
    const lines = await writeRecords(options.out ?? '', records, (count) => progress.update(count));
    progress.done(`Wrote ${lines.toLocaleString('en')} lines to ${options.out}. To import them: streambed import ${options.out}`);
  } else {
    const sum = await sendRecords(connection, placedRecords(records), { signal, onSent: ({ line }) => progress.update(line) }).catch(
      (error: unknown) => {
        progress.done('It broke off. The same command goes on: what is imported already is passed over.');
        throw error;
      },
    );
    const { members, streams, events } = sum.added;
    progress.done(`Imported ${root} into ${connection.workspaceId}: ${streams} streams, ${events} events and ${members} members are new.`);
  }
  const missing = leftOut.lines();
  if (missing.length > 0) console.error(`What is not as it was at Slack:\n${missing.join('\n')}`);
}

async function* placedRecords(records: AsyncIterable<ExportRecord>): AsyncGenerator<PlacedRecord> {
  let line = 0;
  for await (const record of records) {
    line++;
    const name = 'id' in record ? ` ${record.id}` : 'userId' in record ? ` ${record.userId}` : '';
    yield { record, line, place: `line ${line} (${record.kind}${name})`, bytes: Buffer.byteLength(JSON.stringify(record)) };
  }
}

async function writeRecords(file: string, records: AsyncIterable<ExportRecord>, onLine: (count: number) => void): Promise<number> {
  const stream = createWriteStream(file, { mode: 0o600 });
  let lines = 0;
  for await (const record of records) {
    if (!stream.write(`${JSON.stringify(record)}\n`)) await once(stream, 'drain');
    onLine(++lines);
  }
  stream.end();
  await finished(stream);
  return lines;
}
