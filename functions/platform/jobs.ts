import type { Transaction } from './database.ts';

/** Moves the cursor of a job past a finished step; false when another worker did so, or the job has ended. */
export async function advanceJob(
  tx: Transaction,
  step: { jobId: string; from: string; to: string; done: number; now: Date; report?: Readonly<Record<string, number>> },
): Promise<boolean> {
  const rows = await tx.query<{ id: string }>(
    `update jobs set cursor = $4, done = done + $5, detail = null, moved_at = $6, report = coalesce($7, report)
     where workspace_id = $1 and id = $2 and status = 'running' and coalesce(cursor, '') = $3 returning id`,
    [tx.workspaceId, step.jobId, step.from, step.to, step.done, step.now, step.report ? JSON.stringify(step.report) : null],
  );
  return rows.length > 0;
}

/** Stores the reason for which a job is delayed. */
export async function setJobDetail(tx: Transaction, jobId: string, detail: string): Promise<void> {
  await tx.query(`update jobs set detail = $3 where workspace_id = $1 and id = $2 and status = 'running'`, [tx.workspaceId, jobId, detail]);
}

export async function finishJob(tx: Transaction, jobId: string, now: Date): Promise<void> {
  await tx.query(
    `update jobs set status = 'done', detail = null, finished_at = $3, moved_at = $3 where workspace_id = $1 and id = $2 and status = 'running'`,
    [tx.workspaceId, jobId, now],
  );
}
