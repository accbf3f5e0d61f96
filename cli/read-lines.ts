import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Failure } from './failure.ts';

/** A line of a file, raw and parsed. */
export interface FileLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  readonly record: { readonly kind?: unknown } & Readonly<Record<string, unknown>>;
}

/** Yields the lines of an NDJSON file in order and skips empty ones. Memory stays bounded however long the file is. */
export async function* readLines(file: string, signal: AbortSignal): AsyncGenerator<FileLine> {
  const source = file === '-' ? process.stdin : createReadStream(file, { encoding: 'utf8', signal });
  const lines = createInterface({ input: source, crlfDelay: Infinity });
  let failure: Error | undefined;
  // Without this an error of the source would end the lines as if the file were complete.
  source.on('error', (error: Error) => {
    failure = error;
    lines.close();
  });
  let number = 0;
  for await (const text of lines) {
    number++;
    if (text.trim() !== '') yield { number, text, record: parse(file, number, text) };
  }
  signal.throwIfAborted();
  if (failure !== undefined) throw failure;
}

function parse(file: string, number: number, text: string): FileLine['record'] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Failure(`${file}:${number}: is not JSON: ${(error as Error).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Failure(`${file}:${number}: is no JSON object`);
  return value as FileLine['record'];
}

/** Size of a file in bytes; undefined when it is unknown. */
export async function sizeOf(file: string): Promise<number | undefined> {
  return file === '-' ? undefined : (await stat(file)).size;
}
