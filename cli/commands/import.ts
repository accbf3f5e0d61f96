import { exportFormat } from '../../contract/transfer.ts';
import type { Connection } from '../connection.ts';
import { exitCodes, Failure } from '../failure.ts';
import { createProgress } from '../progress.ts';
import { readLines, sizeOf } from '../read-lines.ts';
import { sendRecords } from '../send-records.ts';
import type { PlacedRecord } from '../send-records.ts';

/** Imports a file into an empty workspace. Safe to restart: the server skips records that it already has. */
export async function importFile(
  connection: Connection,
  file: string,
  options: { readonly fromLine: number; readonly signal: AbortSignal },
): Promise<void> {
  const size = await sizeOf(file);
  const progress = createProgress('Import');
  const reader = new CheckedLines(file, options.fromLine, options.signal);
  let next = options.fromLine;
  try {
    const sum = await sendRecords(connection, reader.lines(), {
      signal: options.signal,
      onSent: ({ line }) => {
        next = line + 1;
        progress.update(reader.number, size === undefined ? undefined : reader.bytes / size);
      },
    });
    if (!sum.finished) throw new Failure(`${file}: has no end: it is a part of an export. Get the whole of it, and import that.`);
    const { members, streams, events } = sum.added;
    const nothing = members + streams + events === 0 ? ' All of it was there already.' : '';
    progress.done(
      `Imported ${sum.records.toLocaleString('en')} lines into ${connection.workspaceId}: ${streams} streams, ${events} events and ${members} members are new.${nothing}`,
    );
  } catch (error) {
    if (next > 1) progress.done(`Lines up to ${next - 1} are imported. To go on: the same command, with --from-line ${next} to be faster.`);
    throw error;
  }
}

/** Reads the lines of a file and checks that they form one complete export. */
class CheckedLines {
  readonly #file: string;
  readonly #fromLine: number;
  readonly #signal: AbortSignal;
  number = 0;
  bytes = 0;

  constructor(file: string, fromLine: number, signal: AbortSignal) {
    this.#file = file;
    this.#fromLine = fromLine;
    this.#signal = signal;
  }

  async *lines(): AsyncGenerator<PlacedRecord> {
    let before = 0;
    for await (const { number, text, record } of readLines(this.#file, this.#signal)) {
      this.number = number;
      const bytes = Buffer.byteLength(text);
      this.bytes += bytes + 1;
      this.#check(number, record, before++);
      if (number >= this.#fromLine) yield { record, place: `${this.#file}:${number}`, line: number, bytes };
    }
    if (before === 0) throw new Failure(`${this.#file}: is empty`, exitCodes.usage);
  }

  #check(number: number, record: Readonly<Record<string, unknown>>, before: number): void {
    if (before === 0 && (record['kind'] !== 'header' || record['format'] !== exportFormat))
      throw new Failure(`${this.#file}:${number}: is no header of "${exportFormat}": this is not an export of Streambed`, exitCodes.usage);
    if (record['kind'] === 'end' && record['records'] !== before)
      throw new Failure(`${this.#file}:${number}: ${String(record['records'])} lines should stand before the end, but there are ${before}`);
  }
}
