import { MemorySettings } from '../../../contract/epoch.ts';
import type { Transaction } from '../../platform/database.ts';

const Stored = MemorySettings.partial();

/** What was set of how a stream is cut. */
export async function findMemorySettings(tx: Transaction, streamId: string): Promise<Partial<MemorySettings>> {
  const [row] = await tx.query<{ settings: unknown }>('select settings from epoch_cursors where workspace_id = $1 and stream_id = $2', [
    tx.workspaceId,
    streamId,
  ]);
  return Stored.parse(row?.settings ?? {});
}

/** Sets some of it, which stands where there are no epochs yet too; answers with all that was set. */
export async function mergeMemorySettings(
  tx: Transaction,
  streamId: string,
  change: Partial<Record<keyof MemorySettings, unknown>>,
): Promise<Partial<MemorySettings>> {
  const [row] = await tx.query<{ settings: unknown }>(
    `insert into epoch_cursors as c (stream_id, workspace_id, settings) values ($2, $1, $3::jsonb)
     on conflict (stream_id) do update set settings = c.settings || excluded.settings
     returning settings`,
    [tx.workspaceId, streamId, JSON.stringify(change)],
  );
  return Stored.parse(row?.settings);
}
