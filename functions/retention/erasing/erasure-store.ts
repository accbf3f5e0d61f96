import type { Erasure } from '../../../contract/retention.ts';
import { JobId } from '../../../contract/ids.ts';
import type { Transaction } from '../../platform/database.ts';

/** Input of the job: the member, and the id that takes the place of theirs. */
export interface ErasureInput {
  readonly userId: string;
  readonly replacement: string;
  readonly messages: Erasure['messages'];
}

interface ErasureRow {
  id: string;
  status: Erasure['status'];
  cursor: string | null;
  done: number;
  total: number;
  detail: string | null;
  input: ErasureInput;
  report: Record<string, number>;
  started_at: Date;
  finished_at: Date | null;
}

const erasureColumns = 'j.id, j.status, j.cursor, j.done, j.total, j.detail, j.input, j.report, j.started_at, j.finished_at';

const erasureOf = (row: ErasureRow): Erasure => ({
  id: JobId.parse(row.id),
  status: row.status,
  messages: row.input.messages,
  done: Math.min(row.done, row.total),
  total: row.total,
  detail: row.detail,
  report: row.report,
  startedAt: row.started_at.toISOString(),
  finishedAt: row.finished_at?.toISOString() ?? null,
});

/** Starts an erasure over all positions of all logs. */
export async function insertErasure(tx: Transaction, { id, input, now }: { id: string; input: ErasureInput; now: Date }): Promise<Erasure> {
  const [row] = await tx.query<ErasureRow>(
    `insert into jobs as j (id, workspace_id, kind, status, input, total, started_at, moved_at)
     select $2, $1, 'erasure', 'running', $3::jsonb, least(coalesce(sum(last_seq), 0), 2147483647), $4, $4 from streams where workspace_id = $1
     returning ${erasureColumns}`,
    [tx.workspaceId, id, JSON.stringify(input), now],
  );
  if (!row) throw new Error('The erasure was not stored');
  return erasureOf(row);
}

/** The running erasure of a member. */
export async function findErasureOf(tx: Transaction, userId: string): Promise<Erasure | undefined> {
  const [row] = await tx.query<ErasureRow>(
    `select ${erasureColumns} from jobs j where j.workspace_id = $1 and j.kind = 'erasure' and j.status = 'running' and j.input ->> 'userId' = $2`,
    [tx.workspaceId, userId],
  );
  return row && erasureOf(row);
}

export async function findErasure(tx: Transaction, jobId: string): Promise<Erasure | undefined> {
  const [row] = await tx.query<ErasureRow>(
    `select ${erasureColumns} from jobs j where j.workspace_id = $1 and j.id = $2 and j.kind = 'erasure'`,
    [tx.workspaceId, jobId],
  );
  return row && erasureOf(row);
}

/** Erasures older than one, newest first. */
export async function listErasuresBefore(tx: Transaction, before: string | undefined, limit: number): Promise<Erasure[]> {
  const rows = await tx.query<ErasureRow>(
    `select ${erasureColumns} from jobs j where j.workspace_id = $1 and j.kind = 'erasure' and ($2::text is null or j.id < $2)
     order by j.id desc limit $3`,
    [tx.workspaceId, before ?? null, limit],
  );
  return rows.map(erasureOf);
}

/** Locks a running erasure; undefined when it has ended. */
export async function lockErasure(
  tx: Transaction,
  jobId: string,
): Promise<{ input: ErasureInput; cursor: string; report: Readonly<Record<string, number>> } | undefined> {
  const [row] = await tx.query<ErasureRow>(
    `select ${erasureColumns} from jobs j where j.workspace_id = $1 and j.id = $2 and j.kind = 'erasure' and j.status = 'running' for update`,
    [tx.workspaceId, jobId],
  );
  return row && { input: row.input, cursor: row.cursor ?? '', report: row.report };
}

/** Takes out of a job what names the member. */
export async function forgetErasureInput(tx: Transaction, jobId: string, { replacement, messages }: ErasureInput): Promise<void> {
  const input = { userId: replacement, replacement, messages } satisfies ErasureInput;
  await tx.query('update jobs set input = $3::jsonb where workspace_id = $1 and id = $2', [tx.workspaceId, jobId, JSON.stringify(input)]);
}
