import type { Barrier } from '../../../contract/epoch.ts';
import type { Transaction } from '../../platform/database.ts';
import { messageText } from '../epochs/message-rows.ts';

/** The encoded association model of the workspace. */
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

/** The number of closed epochs when the workspace's model was learned, and its version; 0 without a model. */
export async function readLearnedCount(tx: Transaction): Promise<{ epochCount: number; version: number }> {
  const [row] = await tx.query<{ epoch_count: number; version: number }>(
    'select epoch_count, version from association_models where workspace_id = $1',
    [tx.workspaceId],
  );
  return { epochCount: row?.epoch_count ?? 0, version: row?.version ?? 0 };
}

/** Locks the encoded model of the workspace until the transaction ends. */
export async function lockAssociations(tx: Transaction): Promise<{ model: Uint8Array } | undefined> {
  const [row] = await tx.query<{ model: Buffer }>('select model from association_models where workspace_id = $1 for update', [
    tx.workspaceId,
  ]);
  return row;
}

/** Stores a model that words were taken out of. The new version has every worker read it again. */
export function storeForgotten(tx: Transaction, model: Uint8Array): void {
  tx.defer('update association_models set model = $2, version = version + 1 where workspace_id = $1', [tx.workspaceId, Buffer.from(model)]);
}

/**
 * Replaces the model of the workspace and returns its version. A model that changed since `version` stays, because words were taken out of
 * it meanwhile that the new one may have been learned from; the result is then undefined.
 */
export async function replaceAssociations(
  tx: Transaction,
  { model, trust, version, now }: { model: Uint8Array; trust: number; version: number; now: Date },
): Promise<number | undefined> {
  const [row] = await tx.query<{ version: number }>(
    `insert into association_models as a (workspace_id, version, model, trust, epoch_count, learned_at)
     select $1, 1, $2, $3, count(*), $4 from epochs where workspace_id = $1 and status = 'closed'
     on conflict (workspace_id) do update set version = a.version + 1, model = excluded.model, trust = excluded.trust,
       epoch_count = excluded.epoch_count, learned_at = excluded.learned_at
     where a.version = $5
     returning version`,
    [tx.workspaceId, Buffer.from(model), trust, now, version],
  );
  return row?.version;
}

/** A closed epoch with the texts of its messages. */
export interface ClosedEpochTexts {
  readonly streamId: string;
  readonly firstSeq: number;
  readonly barrier: Barrier;
  readonly texts: readonly string[];
}

/** The time after which the newest `messages` messages of closed epochs were posted; undefined when there are no more than that. */
export async function findLearningStart(tx: Transaction, messages: number): Promise<Date | undefined> {
  const [row] = await tx.query<{ last_event_at: Date }>(
    `select last_event_at from (
       select last_event_at, sum(message_count) over (order by id desc) as total from epochs where workspace_id = $1 and status = 'closed'
     ) e where total > $2 order by total limit 1`,
    [tx.workspaceId, messages],
  );
  return row?.last_event_at;
}

/** A page of closed epochs by stream and position, after the given one. */
export async function listClosedEpochTexts(
  tx: Transaction,
  { after, since, limit }: { after: { streamId: string; firstSeq: number }; since: Date | undefined; limit: number },
): Promise<ClosedEpochTexts[]> {
  const rows = await tx.query<{ stream_id: string; first_seq: number; barrier: Barrier; texts: string[] | null }>(
    `select p.stream_id, p.first_seq, p.barrier, (
       select array_agg(left(${messageText}, 2000) order by e.seq) from stream_events e
       where e.stream_id = p.stream_id and e.seq between p.first_seq and p.last_seq and e.ordinal is not null and e.deleted_at is null
     ) as texts
     from epochs p
     where p.workspace_id = $1 and p.status = 'closed' and (p.stream_id, p.first_seq) > ($2, $3)
       and ($4::timestamptz is null or p.last_event_at >= $4)
     order by p.stream_id, p.first_seq limit $5`,
    [tx.workspaceId, after.streamId, after.firstSeq, since ?? null, limit],
  );
  return rows.map((row) => ({ streamId: row.stream_id, firstSeq: row.first_seq, barrier: row.barrier, texts: row.texts ?? [] }));
}
