import type { Topic } from '../../../contract/changes.ts';
import type { App } from '../app.ts';
import type { OutboxRow } from './outbox-row.ts';

/** The statements over the outbox of all workspaces. Each is a database function: the functions' role sees one workspace at a time. */
type Store = Pick<App, 'db'>;

/** An unpublished row with its place, which orders the rows of all workspaces. */
export interface WaitingRow extends OutboxRow {
  readonly place: number;
}

/** Lists unpublished rows of any workspace written before `before`, behind a place, in order. Parked rows are not among them. */
export async function listWaiting(app: Store, before: Date, behind: number, limit: number): Promise<WaitingRow[]> {
  const rows = await app.db.query<{
    id: string;
    place: number;
    workspace_id: string;
    room: string;
    topic: Topic | '';
    payload: OutboxRow['payload'];
    created_at: Date;
  }>('select * from outbox_waiting($1, $2, $3)', [before, behind, limit]);
  return rows.map(({ workspace_id: workspaceId, created_at: createdAt, topic, ...row }) => ({
    ...row,
    workspaceId,
    topic: topic || null,
    seq: null,
    createdAt,
  }));
}

export async function markPublished(app: Pick<App, 'db' | 'clock'>, rows: readonly OutboxRow[]): Promise<void> {
  await app.db.query('select outbox_mark_published($1, $2, $3, $4)', [...namesOf(rows), app.clock.now()]);
}

/** Counts an attempt for rows that the queue refused, and parks those with `maxAttempts`. Returns the number of rows parked now. */
export async function noteRefused(app: Pick<App, 'db' | 'clock'>, rows: readonly OutboxRow[], maxAttempts: number): Promise<number> {
  const values = [...namesOf(rows), app.clock.now(), maxAttempts];
  const [row] = await app.db.query<{ parked: number }>('select outbox_note_refused($1, $2, $3, $4, $5) as parked', values);
  return row?.parked ?? 0;
}

/** Tolerance in milliseconds: the statement that stores a row may read the clock before the row's draft. */
const toleranceMs = 60_000;

/** Ids and the limits of the times of creation, which tell the database in which days to look. */
function namesOf(rows: readonly OutboxRow[]): [ids: string[], earliest: Date, latest: Date] {
  const times = rows.map(({ createdAt }) => createdAt.getTime());
  const limits = times.reduce(([low, high], time) => [Math.min(low, time), Math.max(high, time)] as const, [Infinity, -Infinity] as const);
  return [rows.map(({ id }) => id), new Date(limits[0] - toleranceMs), new Date(limits[1] + toleranceMs)];
}

/** Finds the time of the oldest row that waits to be published, and the number of parked rows. */
export async function readState(app: Store): Promise<{ oldest: Date | null; parked: number }> {
  const [row] = await app.db.query<{ oldest: Date | null; parked: number }>('select * from outbox_state()', []);
  return row ?? { oldest: null, parked: 0 };
}

/** Makes the tables of today and of the next `ahead` days, where they are missing. */
export async function makeDays(app: Store, today: Date, ahead: number): Promise<void> {
  await app.db.query('select outbox_make_days($1, $2)', [today, ahead]);
}

/** Drops the days that ended before `before`, and returns their number. Unpublished rows stay. */
export async function dropDays(app: Store, before: Date): Promise<number> {
  const [row] = await app.db.query<{ dropped: number }>('select outbox_drop_days($1) as dropped', [before]);
  return row?.dropped ?? 0;
}

/** Deletes published rows from before `before` that have no day of their own, at most `limit`; returns their number. */
export async function forgetStrays(app: Store, before: Date, limit: number): Promise<number> {
  const [row] = await app.db.query<{ gone: number }>('select outbox_forget($1, $2) as gone', [before, limit]);
  return row?.gone ?? 0;
}
