import type { Related } from '../../../contract/epoch.ts';
import type { Transaction } from '../../platform/database.ts';
import { accessOf, seesIt } from '../../streams/streams/stream-rows.ts';
import { epochColumns, isPublic } from '../epochs/epoch-rows.ts';
import type { ScoredLink } from './choose-links.ts';
import { relatedColumns, relatedOf } from './link-rows.ts';
import type { RelatedRow } from './link-rows.ts';

/** Replaces the links of epochs. A link that a member rejected stays. */
export async function replaceLinks(tx: Transaction, links: ReadonlyMap<string, readonly ScoredLink[]>, now: Date): Promise<void> {
  const rows = [...links].flatMap(([epochId, scored]) => scored.map(({ id, score }) => ({ epochId, id, score })));
  tx.defer(
    `delete from epoch_links l where l.workspace_id = $1 and l.epoch_id = any($2) and l.target_kind = 'epoch' and l.rejected_at is null
       and not exists (select from unnest($3::text[], $4::text[]) as r(epoch_id, target_id)
         where r.epoch_id = l.epoch_id and r.target_id = l.target_id)`,
    [tx.workspaceId, [...links.keys()], rows.map(({ epochId }) => epochId), rows.map(({ id }) => id)],
  );
  await insertLinks(tx, rows, now);
}

/** Adds links, and updates the score of existing ones. Returns the number of new links. */
export async function insertLinks(
  tx: Transaction,
  links: readonly { epochId: string; id: string; score: number }[],
  now: Date,
): Promise<number> {
  if (links.length === 0) return 0;
  const rows = await tx.query<{ is_new: boolean }>(
    `insert into epoch_links as l (epoch_id, target_kind, target_id, workspace_id, score, linked_at)
     select r.epoch_id, 'epoch', r.target_id, $1, r.score, $5 from unnest($2::text[], $3::text[], $4::real[]) as r(epoch_id, target_id, score)
     order by r.epoch_id, r.target_id
     on conflict (epoch_id, target_kind, target_id) do update set score = excluded.score
     returning l.linked_at = $5 as is_new`,
    [tx.workspaceId, links.map(({ epochId }) => epochId), links.map(({ id }) => id), links.map(({ score }) => score), now],
  );
  return rows.filter(({ is_new: isNew }) => isNew).length;
}

/** Links to an epoch that are read, best first: a popular epoch can have thousands. */
const maxBacklinks = 200;

/** Epochs linked with an epoch in either direction that a member may see, best first. */
export async function listRelatedOfEpoch(
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

/** The given epochs that a member may see, best score first. */
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

/** Marks a pair of epochs as rejected in both directions, linked or not. The first rejection stays. */
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

/** Removes a rejection in both directions, and deletes rows that exist only because of it. */
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

/** Moves all links from and to an epoch to another one. When both have the same link, the better score and any rejection stay. */
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

/**
 * Epochs linked from an epoch that every reader of its stream may see, best first: those of public streams, unless a guest reads the stream,
 * and those of streams with at least the same readers.
 */
export async function listRelatedForRoom(tx: Transaction, epochId: string, limit: number): Promise<Related[]> {
  const rows = await tx.query<RelatedRow>(
    `select ${relatedColumns}
     from epochs src
     join streams here on here.id = src.stream_id
     join epoch_links l on l.epoch_id = src.id and l.target_kind = 'epoch' and l.rejected_at is null
     join epochs ep on ep.id = l.target_id
     join streams s on s.id = ep.stream_id
     where src.workspace_id = $1 and src.id = $2 and (
       s.id = here.id
       or (not ${isPublic('here')} and here.access_ids <@ s.access_ids)
       or (${isPublic('s')} and not exists (
         select from stream_members m join workspace_members wm on wm.workspace_id = m.workspace_id and wm.user_id = m.user_id
         where m.stream_id = any(here.access_ids) and m.left_at is null and wm.role = 'guest' and wm.removed_at is null
           and not exists (select from stream_members t where t.stream_id = any(s.access_ids) and t.user_id = m.user_id and t.left_at is null))))
     order by l.score desc, l.target_id desc limit $3`,
    [tx.workspaceId, epochId, limit],
  );
  return rows.map(relatedOf);
}

/** The number of links to each epoch that members of the workspace rejected. Epochs without one are missing. */
export async function countRejections(tx: Transaction, targetIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await tx.query<{ target_id: string; rejections: number }>(
    `select target_id, count(*) as rejections from epoch_links
     where workspace_id = $1 and target_id = any($2) and rejected_at is not null group by target_id`,
    [tx.workspaceId, targetIds],
  );
  return new Map(rows.map((row) => [row.target_id, row.rejections]));
}
