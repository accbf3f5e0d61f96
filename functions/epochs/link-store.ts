import type { Transaction } from '../platform/database.ts';

/**
 * Gives the links of an epoch, from it and to it, to another one. Where that one is linked already, the better score stays, and so does
 * what a member said of either.
 */
export function moveLinks(tx: Transaction, { from, to }: { from: string; to: string }): void {
  tx.defer(
    `with gone as (
       delete from epoch_links where workspace_id = $1 and (epoch_id = $2 or (target_kind = 'epoch' and target_id = $2)) returning *
     ), moved as (
       select case epoch_id when $2 then $3 else epoch_id end as epoch_id, target_kind,
         case when target_kind = 'epoch' and target_id = $2 then $3 else target_id end as target_id, score, linked_at, rejected_by, rejected_at
       from gone
     )
     insert into epoch_links as l (epoch_id, target_kind, target_id, workspace_id, score, linked_at, rejected_by, rejected_at)
     select epoch_id, target_kind, target_id, $1, score, linked_at, rejected_by, rejected_at from moved where epoch_id <> target_id
     on conflict (epoch_id, target_kind, target_id) do update set score = greatest(l.score, excluded.score),
       rejected_by = coalesce(l.rejected_by, excluded.rejected_by), rejected_at = coalesce(l.rejected_at, excluded.rejected_at)`,
    [tx.workspaceId, from, to],
  );
}
