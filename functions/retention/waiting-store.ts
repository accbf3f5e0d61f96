import type { RetentionMessage } from '../../contract/messages/retention.ts';
import type { Database } from '../platform/database.ts';

interface WaitingRow {
  kind: RetentionMessage['kind'];
  workspace_id: string;
  job_id: string | null;
}

/** Work of all workspaces that waits since before `since` or is due at `at`, as messages for the worker; at most `limit` of each kind. */
export async function listWaitingWork(
  db: Pick<Database, 'query'>,
  { since, at, limit }: { since: Date; at: Date; limit: number },
): Promise<RetentionMessage[]> {
  const rows = await db.query<WaitingRow>('select kind, workspace_id, job_id from retention_waiting($1, $2, $3)', [since, at, limit]);
  return rows.map(({ kind, workspace_id: workspaceId, job_id: jobId }) =>
    kind === 'job' ? { kind, workspaceId, jobId: jobId ?? '' } : { kind, workspaceId },
  );
}
