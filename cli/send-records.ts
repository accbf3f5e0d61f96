import { StreambedError } from '../client/errors.ts';
import { api } from '../contract/api.ts';
import type { ExportRecord, Imported } from '../contract/transfer.ts';
import type { Connection } from './connection.ts';
import { Failure } from './failure.ts';

/** A record and its place for messages: `export.ndjson:17`. */
export interface PlacedRecord {
  readonly record: unknown;
  readonly place: string;
  /** Its line; from 1. */
  readonly line: number;
  readonly bytes: number;
}

/** The server accepts 256 KB and 1,000 records a request; the difference is for the envelope. */
const maxBytes = 240_000;
const maxRecords = 500;

/** Counts of imported records, and the last line that is imported. */
export type Sum = Imported & { readonly line: number };

/**
 * Sends records in order, one request after the other. A request succeeds or fails as a whole and is idempotent, so a broken one is sent
 * again with the same records.
 */
export async function sendRecords(
  { streambed, workspaceId }: Connection,
  records: AsyncIterable<PlacedRecord>,
  options: { readonly signal: AbortSignal; readonly onSent: (sum: Sum) => void },
): Promise<Sum> {
  let sum: Sum = { records: 0, added: { members: 0, streams: 0, events: 0 }, finished: false, line: 0 };
  const send = async (batch: readonly PlacedRecord[]): Promise<void> => {
    const body = { records: batch.map(({ record }) => record as ExportRecord) };
    const request = { params: { workspaceId }, body, signal: options.signal, repeatable: true };
    const imported = await streambed.call(api.transfer.importRecords, request).catch((error: unknown) => {
      throw placed(error, batch);
    });
    sum = {
      records: sum.records + imported.records,
      added: {
        members: sum.added.members + imported.added.members,
        streams: sum.added.streams + imported.added.streams,
        events: sum.added.events + imported.added.events,
      },
      finished: imported.finished,
      line: batch.at(-1)?.line ?? sum.line,
    };
    options.onSent(sum);
  };
  let batch: PlacedRecord[] = [];
  let bytes = 0;
  for await (const item of records) {
    if (batch.length > 0 && (bytes + item.bytes > maxBytes || batch.length >= maxRecords)) {
      await send(batch);
      [batch, bytes] = [[], 0];
    }
    batch.push(item);
    bytes += item.bytes + 1;
  }
  if (batch.length > 0) await send(batch);
  return sum;
}

/** Translates the server's record numbers of an error into lines of the file. */
function placed(error: unknown, batch: readonly PlacedRecord[]): unknown {
  if (!(error instanceof StreambedError) || error.problem.errors === undefined) return error;
  const lines = error.problem.errors.map(({ path, message }) => {
    const [, index, field = ''] = /^body\.records\.(\d+)\.?(.*)$/.exec(path) ?? [];
    const item = index === undefined ? undefined : batch[Number(index)];
    return item === undefined ? `${path}: ${message}` : `${item.place}: ${field === '' ? '' : `${field} `}${message}`;
  });
  return lines.length === 0 ? error : new Failure(lines.join('\n'));
}
