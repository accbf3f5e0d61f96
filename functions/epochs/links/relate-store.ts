import type { Related } from '../../../contract/epoch.ts';
import type { Transaction } from '../../platform/database.ts';
import { isPublic, relatedColumns, relatedOf } from './link-rows.ts';
import type { RelatedRow } from './link-rows.ts';
import type { Likely } from './likely-links.ts';

/** How often members of the workspace said of each of these epochs that it is not related to another. */
export async function countRejections(tx: Transaction, targetIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await tx.query<{ target_id: string; rejections: number }>(
    `select target_id, count(*) as rejections from epoch_links
     where workspace_id = $1 and target_id = any($2) and rejected_at is not null group by target_id`,
    [tx.workspaceId, targetIds],
  );
  return new Map(rows.map((row) => [row.target_id, row.rejections]));
}

/** Notes what epochs are related to now: what is no longer among it is dropped, unless a member has spoken of it. */
export async function replaceLinks(tx: Transaction, links: ReadonlyMap<string, readonly Likely[]>, now: Date): Promise<void> {
  const rows = [...links].flatMap(([epochId, likely]) => likely.map(({ id, score }) => ({ epochId, id, score })));
  tx.defer(
    `delete from epoch_links l where l.workspace_id = $1 and l.epoch_id = any($2) and l.target_kind = 'epoch' and l.rejected_at is null
       and not exists (select from unnest($3::text[], $4::text[]) as r(epoch_id, target_id)
         where r.epoch_id = l.epoch_id and r.target_id = l.target_id)`,
    [tx.workspaceId, [...links.keys()], rows.map(({ epochId }) => epochId), rows.map(({ id }) => id)],
  );
  await insertLinks(tx, rows, now);
}

/** Adds links; one that is there already is the same link, with the score it has now. Gives how many there were not before. */
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

/**
 * What an epoch is related to, in the order in which members list it, as far as everybody who reads its stream may see it: what is public,
 * unless a guest reads the stream; and what has the same readers or more.
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
