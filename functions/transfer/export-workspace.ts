import * as z from 'zod';
import { exportedIds, exportedTimes, exportFormat, notExported } from '../../contract/transfer.ts';
import type { ExportRecord } from '../../contract/transfer.ts';
import type { App } from '../platform/app.ts';
import type { ApiKeyCaller } from '../platform/authenticate.ts';
import { readCursor, writeCursor } from '../platform/cursor.ts';
import type { Transaction } from '../platform/database.ts';
import { readEvents } from './export-events.ts';
import {
  findWorkspaceRecord,
  listMemberRecords,
  listProviderRecords,
  listStreamEndRecords,
  listStreamMemberRecords,
  listStreamRecords,
} from './export-store.ts';
import type { Keyed, KeyedLines, Slice } from './export-store.ts';

type Read = (tx: Transaction, slice: Slice) => Promise<KeyedLines>;

/** Stream ends per page: each one counts the events of its stream. */
const maxStreamEnds = 100;

const listed =
  (list: (tx: Transaction, slice: Slice) => Promise<Keyed[]>, most = Number.MAX_SAFE_INTEGER): Read =>
  async (tx, slice) => {
    const limit = Math.min(slice.limit, most);
    const lines = await list(tx, { ...slice, limit });
    return { lines, done: lines.length < limit };
  };
const single =
  (find: (tx: Transaction, slice: Slice) => ExportRecord | Promise<ExportRecord>): Read =>
  async (tx, slice) => ({ lines: [{ key: [], record: await find(tx, slice) }], done: true });

/** Sections of the file, in order. */
const sections: readonly Read[] = [
  single(({ workspaceId }, { until }) => headerOf(workspaceId, until)),
  single(findWorkspaceRecord),
  listed(listProviderRecords),
  listed(listMemberRecords),
  listed(listStreamRecords),
  (tx, slice) => readEvents(tx, slice, { sharing: false }),
  (tx, slice) => readEvents(tx, slice, { sharing: true }),
  listed(listStreamMemberRecords),
  listed(listStreamEndRecords, maxStreamEnds),
];

const Cursor = z.strictObject({
  section: z.int().min(0).max(sections.length),
  after: z.array(z.union([z.string().max(64), z.int().min(0)])).max(4),
  /** Time in milliseconds: later rows are not in the file. */
  until: z.int().min(0).max(8_640_000_000_000_000),
  /** Number of lines so far. */
  records: z.int().min(0),
});
type Cursor = z.infer<typeof Cursor>;

/** Returns a page of the file. A page is one database snapshot, and all pages hold the rows that existed when the first one was read. */
export async function exportWorkspace(
  app: Pick<App, 'db' | 'clock'>,
  caller: ApiKeyCaller,
  input: { limit: number; cursor?: string },
): Promise<{ items: ExportRecord[]; nextCursor: string | null }> {
  const start = readCursor(Cursor, input.cursor) ?? { section: 0, after: [], until: app.clock.now().getTime(), records: 0 };
  return app.db.snapshot(caller, async (tx) => {
    const items: ExportRecord[] = [];
    let cursor: Cursor = start;
    while (items.length < input.limit) {
      const read = sections[cursor.section];
      if (read === undefined) return { items: [...items, { kind: 'end', records: cursor.records }], nextCursor: null };
      const after = cursor.after.length === 0 ? undefined : cursor.after;
      const { lines, done } = await read(tx, { after, until: new Date(cursor.until), limit: input.limit - items.length });
      items.push(...lines.map(({ record }) => record));
      const records = cursor.records + lines.length;
      const last = lines.at(-1)?.key ?? cursor.after;
      cursor = done ? { ...cursor, section: cursor.section + 1, after: [], records } : { ...cursor, after: [...last], records };
      if (!done) break;
    }
    return { items, nextCursor: writeCursor(cursor) };
  });
}

const headerOf = (workspaceId: string, until: Date): ExportRecord =>
  ({
    kind: 'header',
    format: exportFormat,
    version: 1,
    workspaceId,
    exportedAt: until.toISOString(),
    ids: [...exportedIds],
    times: [...exportedTimes],
    leftOut: [...notExported],
  }) as ExportRecord;
