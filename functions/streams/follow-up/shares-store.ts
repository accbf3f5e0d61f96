import type { Transaction } from '../../platform/database.ts';

/**
 * Claims the shares of an original, and locks the claim. False while another worker has it. `isOurs`: the caller has it already and extends
 * it.
 */
export async function claimShares(
  tx: Transaction,
  originalEventId: string,
  { now, until, isOurs }: { now: Date; until: Date; isOurs: boolean },
): Promise<boolean> {
  const rows = await tx.query(
    `insert into share_refreshes as r (original_event_id, workspace_id, lease_ends_at) values ($2, $1, $4)
     on conflict (original_event_id) do update set lease_ends_at = $4 where r.lease_ends_at < $3 or $5
     returning original_event_id`,
    [tx.workspaceId, originalEventId, now, until, isOurs],
  );
  return rows.length > 0;
}

export async function endClaim(tx: Transaction, originalEventId: string): Promise<void> {
  await tx.query('delete from share_refreshes where workspace_id = $1 and original_event_id = $2', [tx.workspaceId, originalEventId]);
}

/** Finds the version of an event's text: the position of its last edit or of its deletion; 0 for a text that never changed. */
export async function findTextVersion(tx: Transaction, eventId: string): Promise<number> {
  const [row] = await tx.query<{ version: number }>(
    `select greatest(case when o.deleted_at is not null then o.changed_seq else 0 end,
       (select coalesce(max(v.changed_seq), 0) from event_versions v where v.event_id = o.id)) as version
     from stream_events o where o.workspace_id = $1 and o.id = $2`,
    [tx.workspaceId, eventId],
  );
  return row?.version ?? 0;
}

/**
 * Lists events that share an original and show an earlier version, at most `limit`. Deleted ones (`gone`) show nothing and are marked as
 * refreshed.
 */
export async function listOutdatedShares(
  tx: Transaction,
  originalEventId: string,
  version: number,
  limit: number,
): Promise<{ id: string; gone: boolean }[]> {
  return tx.query<{ id: string; gone: boolean }>(
    `with outdated as (
       select sr.id, e.deleted_at is not null as gone from shared_refs sr join stream_events e on e.id = sr.id
       where sr.workspace_id = $1 and sr.original_event_id = $2 and sr.shown_seq < $3
       order by sr.shown_seq limit $4
     ), settled as (
       update shared_refs sr set shown_seq = $3 from outdated where sr.id = outdated.id and outdated.gone
     )
     select id, gone from outdated`,
    [tx.workspaceId, originalEventId, version, limit],
  );
}

/** Stores that a share's readers are told of a version. False when they were told of it before. */
export async function markShown(tx: Transaction, shareId: string, version: number): Promise<boolean> {
  const rows = await tx.query('update shared_refs set shown_seq = $3 where workspace_id = $1 and id = $2 and shown_seq < $3 returning id', [
    tx.workspaceId,
    shareId,
    version,
  ]);
  return rows.length > 0;
}
