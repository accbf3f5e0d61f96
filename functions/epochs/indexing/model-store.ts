import type { Transaction } from '../../platform/database.ts';

export interface Model {
  readonly model: string;
  readonly dimension: number;
}

/** With which model a workspace is indexed, and which one it is moving to. */
export interface ModelsOfWorkspace {
  readonly active: Model;
  readonly next: Model | undefined;
}

/** The models of the workspace; the first one that it is indexed with is its active one. */
export async function findModels(tx: Transaction, configured: Model): Promise<ModelsOfWorkspace> {
  const [row] = await tx.query<{ model: string; dimension: number; next_model: string | null; next_dimension: number | null }>(
    `with made as (
       insert into workspace_memory (workspace_id, model, dimension) values ($1, $2, $3) on conflict (workspace_id) do nothing returning *
     )
     select model, dimension, next_model, next_dimension from made
     union all select model, dimension, next_model, next_dimension from workspace_memory where workspace_id = $1 limit 1`,
    [tx.workspaceId, configured.model, configured.dimension],
  );
  // Another one may have made it a moment ago, unseen by this statement.
  if (!row) return { active: configured, next: undefined };
  const { model, dimension, next_model: nextModel, next_dimension: nextDimension } = row;
  return {
    active: { model, dimension },
    next: nextModel === null || nextDimension === null ? undefined : { model: nextModel, dimension: nextDimension },
  };
}

/** Begins to move the workspace to another model; false where it is moving there already. */
export async function beginMove(tx: Transaction, next: Model): Promise<boolean> {
  const rows = await tx.query<{ model: string }>(
    `update workspace_memory set next_model = $2, next_dimension = $3
     where workspace_id = $1 and (next_model, next_dimension) is distinct from ($2, $3) returning model`,
    [tx.workspaceId, next.model, next.dimension],
  );
  return rows.length > 0;
}

/** The workspace is indexed with the model that it was moving to; gives the one that it left. */
export async function endMove(tx: Transaction, to: Model): Promise<Model | undefined> {
  const [row] = await tx.query<Model>(
    `with before as (select model, dimension from workspace_memory where workspace_id = $1 and next_model = $2 and next_dimension = $3),
     moved as (
       update workspace_memory set model = $2, dimension = $3, next_model = null, next_dimension = null
       where workspace_id = $1 and next_model = $2 and next_dimension = $3
     )
     select model, dimension from before`,
    [tx.workspaceId, to.model, to.dimension],
  );
  return row;
}
