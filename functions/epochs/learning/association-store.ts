import type { Transaction } from '../../platform/database.ts';

/** The association model of the workspace, as it was encoded. */
export async function findAssociations(tx: Transaction): Promise<{ version: number; model: Uint8Array } | undefined> {
  const [row] = await tx.query<{ version: number; model: Buffer }>(
    'select version, model from association_models where workspace_id = $1',
    [tx.workspaceId],
  );
  return row;
}

export async function findAssociationsVersion(tx: Transaction): Promise<number | undefined> {
  const [row] = await tx.query<{ version: number }>('select version from association_models where workspace_id = $1', [tx.workspaceId]);
  return row?.version;
}

/** Of how many epochs the workspace was learned. */
export async function findLearned(tx: Transaction): Promise<{ epochCount: number }> {
  const [row] = await tx.query<{ epoch_count: number }>('select epoch_count from association_models where workspace_id = $1', [
    tx.workspaceId,
  ]);
  return { epochCount: row?.epoch_count ?? 0 };
}

/** Takes the place of the model that is there. */
export async function replaceAssociations(
  tx: Transaction,
  { model, trust, now }: { model: Uint8Array; trust: number; now: Date },
): Promise<number> {
  const [row] = await tx.query<{ version: number }>(
    `insert into association_models as a (workspace_id, version, model, trust, epoch_count, learned_at)
     select $1, 1, $2, $3, count(*), $4 from epochs where workspace_id = $1 and status = 'closed'
     on conflict (workspace_id) do update set version = a.version + 1, model = excluded.model, trust = excluded.trust,
       epoch_count = excluded.epoch_count, learned_at = excluded.learned_at
     returning version`,
    [tx.workspaceId, Buffer.from(model), trust, now],
  );
  return row?.version ?? 0;
}
