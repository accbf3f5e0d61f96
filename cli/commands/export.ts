import { createWriteStream, existsSync } from 'node:fs';
import { readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import * as z from 'zod';
import { api } from '../../contract/api.ts';
import type { ExportRecord } from '../../contract/transfer.ts';
import type { Connection } from '../connection.ts';
import { Failure } from '../failure.ts';
import { createProgress } from '../progress.ts';

const pageLines = 1_000;

/** Progress of an interrupted export, from which it resumes. The file stands beside the export until that is complete. */
const Place = z.object({ workspaceId: z.string(), cursor: z.string(), bytes: z.int(), lines: z.int() });
type Place = z.infer<typeof Place>;

/** A sink for lines; `write` resolves when the stream has taken them. */
interface Sink {
  write(text: string): Promise<void>;
  close(): Promise<void>;
}

function openSink(stream: NodeJS.WritableStream, own: boolean): Sink {
  return {
    write: (text) =>
      new Promise((resolve, reject) => {
        stream.write(text, (error) => (error ? reject(error) : resolve()));
      }),
    async close() {
      if (!own) return;
      stream.end();
      await finished(stream);
    },
  };
}

/** Writes the whole workspace to a file or to standard output. */
export async function exportToFile(
  connection: Connection,
  options: { readonly out?: string; readonly signal: AbortSignal },
): Promise<void> {
  const { out, signal } = options;
  const part = out === undefined ? undefined : `${out}.part`;
  const before = part === undefined ? undefined : await placeOf(part, connection.workspaceId);
  const progress = createProgress('Export');
  if (before) progress.done(`Going on with an export that broke off after ${before.lines} lines.`);
  const sink = openSink(
    part === undefined ? process.stdout : createWriteStream(part, { flags: before ? 'a' : 'w', mode: 0o600 }),
    part !== undefined,
  );
  let { cursor, bytes, lines }: { cursor: string | null; bytes: number; lines: number } = before ?? { cursor: null, bytes: 0, lines: 0 };
  const counts = before ? undefined : new EventCounts();
  try {
    do {
      const query = { limit: pageLines, ...(cursor !== null && { cursor }) };
      const page = await connection.streambed.call(api.transfer.exportWorkspace, {
        params: { workspaceId: connection.workspaceId },
        query,
        signal,
      });
      const text = page.items.map((record) => `${JSON.stringify(record)}\n`).join('');
      if (counts?.take(page.items) === false) throw await unevenExport(part);
      await sink.write(text);
      cursor = page.nextCursor;
      bytes += Buffer.byteLength(text);
      lines += page.items.length;
      if (part !== undefined && cursor !== null) await keepPlace(part, { workspaceId: connection.workspaceId, cursor, bytes, lines });
      progress.update(lines);
    } while (cursor !== null);
    await sink.close();
  } catch (error) {
    await sink.close().catch(() => undefined);
    const goesOn = part !== undefined && lines > 0 && existsSync(`${part}.place`);
    if (goesOn) progress.done(`${lines} lines are in ${part}. The same command goes on from there.`);
    throw error;
  }
  if (part !== undefined && out !== undefined) {
    await rename(part, out);
    await rm(`${part}.place`, { force: true });
  }
  progress.done(`Exported ${lines.toLocaleString('en')} lines of ${connection.workspaceId}${out === undefined ? '' : ` to ${out}`}.`);
}

/** Compares the events read for each stream with the count in the stream's closing record. */
class EventCounts {
  readonly #events = new Map<string, number>();

  take(records: readonly ExportRecord[]): boolean {
    return records.every((record) => {
      if (record.kind === 'event') this.#events.set(record.streamId, (this.#events.get(record.streamId) ?? 0) + 1);
      return record.kind !== 'stream_end' || record.events === (this.#events.get(record.streamId) ?? 0);
    });
  }
}

/** Explains an export that no import accepts: an event posted during the first page is counted at the end, but its line is missing. */
async function unevenExport(part: string | undefined): Promise<Failure> {
  if (part !== undefined) await rm(`${part}.place`, { force: true });
  return new Failure('Somebody wrote in the very moment in which the export began: begin it again.');
}

const keepPlace = (part: string, place: Place): Promise<void> => writeFile(`${part}.place`, JSON.stringify(place), { mode: 0o600 });

/** Reads the progress of an interrupted export and truncates the file behind its last full page. */
async function placeOf(part: string, workspaceId: string): Promise<Place | undefined> {
  const text = await readFile(`${part}.place`, 'utf8').catch(() => undefined);
  const size = await stat(part).then(
    (found) => found.size,
    () => 0,
  );
  if (text === undefined) return undefined;
  const place = Place.safeParse(JSON.parse(text));
  if (!place.success || size < place.data.bytes) return undefined;
  if (place.data.workspaceId !== workspaceId)
    throw new Failure(`${part} is a part of an export of ${place.data.workspaceId}. Remove it, or choose another --out.`);
  await truncate(part, place.data.bytes);
  return place.data;
}
