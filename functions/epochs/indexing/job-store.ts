import type { MemoryJob } from '../../../contract/epoch.ts';
import { JobId } from '../../../contract/ids.ts';
import type { Transaction } from '../../platform/database.ts';

interface JobRow {
  id: string;
  kind: MemoryJob['kind'];
  status: MemoryJob['status'];
  cursor: string | null;
  done: number;
  total: number;
  detail: string | null;
  started_at: Date;
  finished_at: Date | null;
}

const jobColumns = 'j.id, j.kind, j.status, j.cursor, j.done, j.total, j.detail, j.started_at, j.finished_at';

/** SQL: other features have jobs too. */
const isOfMemory = `j.kind in ('reindex', 're-embed')`;

const jobOf = (row: JobRow): MemoryJob => ({
  id: JobId.parse(row.id),
  kind: row.kind,
  status: row.status,
  done: Math.min(row.done, row.total),
  total: row.total,
  detail: row.detail,
  startedAt: row.started_at.toISOString(),
  finishedAt: row.finished_at?.toISOString() ?? null,
});

/** The newest job of the workspace. */
export async function findNewestJob(tx: Transaction): Promise<MemoryJob | undefined> {
  const [row] = await tx.query<JobRow>(
    `select ${jobColumns} from jobs j where j.workspace_id = $1 and ${isOfMemory} order by j.id desc limit 1`,
    [tx.workspaceId],
  );
  return row && jobOf(row);
}

/** Starts a job over all closed epochs, or returns the running one of the same kind. */
export async function startJob(
  tx: Transaction,
  { id, kind, now }: { id: string; kind: MemoryJob['kind']; now: Date },
): Promise<{ job: MemoryJob; isNew: boolean }> {
  // Locks the workspace, so that two concurrent callers start one job.
  await tx.query('select id from workspaces where id = $1 for update', [tx.workspaceId]);
  const [running] = await tx.query<JobRow>(
    `select ${jobColumns} from jobs j where j.workspace_id = $1 and j.kind = $2 and j.status = 'running' limit 1`,
    [tx.workspaceId, kind],
  );
  if (running) return { job: jobOf(running), isNew: false };
  const [row] = await tx.query<JobRow>(
    `insert into jobs as j (id, workspace_id, kind, status, total, started_at, moved_at)
     select $2, $1, $3, 'running', count(*), $4, $4 from epochs where workspace_id = $1 and status = 'closed'
     returning ${jobColumns}`,
    [tx.workspaceId, id, kind, now],
  );
  if (!row) throw new Error('The job was not stored');
  return { job: jobOf(row), isNew: true };
}

/** A running job with the cursor of its next step; undefined when it has ended. */
export async function findRunningJob(tx: Transaction, jobId: string): Promise<{ job: MemoryJob; cursor: string } | undefined> {
  const [row] = await tx.query<JobRow>(
    `select ${jobColumns} from jobs j where j.workspace_id = $1 and j.id = $2 and j.status = 'running' and ${isOfMemory}`,
    [tx.workspaceId, jobId],
  );
  return row && { job: jobOf(row), cursor: row.cursor ?? '' };
}

/** The next closed epochs behind the cursor of a job, by id. Epochs that close meanwhile are indexed by their own messages. */
export async function listNextEpochs(tx: Transaction, after: string, limit: number): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select id from epochs where workspace_id = $1 and status = 'closed' and id > $2 order by id limit $3`,
    [tx.workspaceId, after, limit],
  );
  return rows.map(({ id }) => id);
}

/** Running jobs without progress since `before`: their worker may have died. */
export async function listStuckJobs(tx: Transaction, before: Date): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select j.id from jobs j where j.workspace_id = $1 and j.status = 'running' and ${isOfMemory} and j.moved_at < $2`,
    [tx.workspaceId, before],
  );
  return rows.map(({ id }) => id);
}
