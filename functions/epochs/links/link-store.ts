import type { Related } from '../../../contract/epoch.ts';
import type { Transaction } from '../../platform/database.ts';
import { accessOf, seesIt } from '../../streams/streams/stream-rows.ts';
import { epochColumns } from '../epochs/epoch-rows.ts';
import { relatedOf } from './link-rows.ts';
import type { RelatedRow } from './link-rows.ts';

/** An epoch that many others were found related to is shown with the best of them. */
const maxBacklinks = 200;

/** What an epoch is linked with, by itself or by the other, best first, as far as a member may see it. */
export async function listLinks(
  tx: Transaction,
  userId: string,
  { epochId, withRejected, limit }: { epochId: string; withRejected: boolean; limit: number },
): Promise<Related[]> {
  const rows = await tx.query<RelatedRow>(
    `select ${epochColumns}, s.name as stream_name, s.stream_type, l.score, l.is_rejected
     from (
       select o.id, max(o.score) as score, bool_or(o.rejected_at is not null) as is_rejected
       from (
         select target_id as id, score, rejected_at from epoch_links where workspace_id = $1 and epoch_id = $3 and target_kind = 'epoch'
         union all
         (select epoch_id, score, rejected_at from epoch_links where workspace_id = $1 and target_kind = 'epoch' and target_id = $3
          order by score desc limit ${maxBacklinks})
       ) o group by o.id
     ) l
     join epochs ep on ep.workspace_id = $1 and ep.id = l.id
     ${forViewer}
     where ${viewerSeesIt} and ($4::boolean or not l.is_rejected)
     order by l.score desc, ep.id desc limit $5`,
    [tx.workspaceId, userId, epochId, withRejected, limit],
  );
  return rows.map(relatedOf);
}

/** Those of some epochs that a member may see, with the score that each was found with, best first. */
export async function listVisibleRelated(
  tx: Transaction,
  userId: string,
  { found, limit }: { found: readonly { id: string; score: number }[]; limit: number },
): Promise<Related[]> {
  const rows = await tx.query<RelatedRow>(
    `select ${epochColumns}, s.name as stream_name, s.stream_type, f.score, false as is_rejected
     from unnest($3::text[], $4::float8[]) as f(id, score)
     join epochs ep on ep.workspace_id = $1 and ep.id = f.id
     ${forViewer}
     where ${viewerSeesIt}
     order by f.score desc, ep.id desc limit $5`,
    [tx.workspaceId, userId, found.map(({ id }) => id), found.map(({ score }) => score), limit],
  );
  return rows.map(relatedOf);
}

const forViewer = `join streams s on s.id = ep.stream_id
     join workspace_members wm on wm.workspace_id = $1 and wm.user_id = $2 and wm.removed_at is null
     ${accessOf('$2')}`;
const viewerSeesIt = seesIt(`(wm.role = 'guest')`);

/** Notes on both sides that a member said two epochs are not related, also where they were never linked. The first to say it stays. */
export async function rejectPair(tx: Transaction, pair: { one: string; other: string; by: string; at: Date }): Promise<void> {
  await tx.query(
    `insert into epoch_links as l (epoch_id, target_kind, target_id, workspace_id, score, linked_at, rejected_by, rejected_at)
     select p.epoch_id, 'epoch', p.target_id, $1, 0, $5, $4, $5 from (values ($2::text, $3::text), ($3, $2)) as p(epoch_id, target_id)
     order by p.epoch_id
     on conflict (epoch_id, target_kind, target_id) do update set rejected_by = coalesce(l.rejected_by, excluded.rejected_by),
       rejected_at = coalesce(l.rejected_at, excluded.rejected_at)`,
    [tx.workspaceId, pair.one, pair.other, pair.by, pair.at],
  );
}

/** Takes a rejection back on both sides. What was never linked is forgotten. */
export async function restorePair(tx: Transaction, pair: { one: string; other: string }): Promise<void> {
  await tx.query(
    `with forgotten as (
       delete from epoch_links where workspace_id = $1 and target_kind = 'epoch' and score = 0
         and (epoch_id, target_id) in (($2, $3), ($3, $2))
     )
     update epoch_links set rejected_by = null, rejected_at = null
     where workspace_id = $1 and target_kind = 'epoch' and score > 0 and (epoch_id, target_id) in (($2, $3), ($3, $2))`,
    [tx.workspaceId, pair.one, pair.other],
  );
}

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
