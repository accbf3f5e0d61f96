import type { Epoch } from '../../../contract/epoch.ts';
import type { Readable } from '../../embeddings/scope.ts';
import type { Transaction } from '../../platform/database.ts';
import { epochColumns, epochOf } from '../epochs/epoch-rows.ts';
import type { EpochRow } from '../epochs/epoch-rows.ts';
import type { EpochText } from '../epochs/epoch-text.ts';
import { isPublic } from '../links/link-rows.ts';
import { spokenText } from '../epochs/message-rows.ts';

/** An epoch as the index is to have it. */
export interface EpochToIndex {
  readonly epoch: Epoch;
  /** What it holds is of this revision. */
  readonly contentRev: number;
  readonly isPublic: boolean;
  /** Of its messages in their order, the deleted ones left out. */
  readonly texts: readonly string[];
}

/** An epoch with what is made of it. */
export interface DescribedEpoch extends EpochToIndex {
  readonly described: EpochText;
}

/** What an epoch may hold at most; settings allow no more. */
const maxMessages = 1_000;

/** The epochs with what was said in them: two statements, however many they are. */
export async function listEpochsToIndex(tx: Transaction, epochIds: readonly string[]): Promise<EpochToIndex[]> {
  if (epochIds.length === 0) return [];
  const [epochs, spoken] = await Promise.all([
    tx.query<EpochRow & { content_rev: number; is_public: boolean }>(
      `select ${epochColumns}, ep.content_rev, ${isPublic('s')} as is_public
       from epochs ep join streams s on s.id = ep.stream_id
       where ep.workspace_id = $1 and ep.id = any($2) order by ep.opened_at, ep.id`,
      [tx.workspaceId, epochIds],
    ),
    tx.query<{ epoch_id: string; text: string }>(
      `select ep.id as epoch_id, m.text from epochs ep cross join lateral (
         select e.seq, ${spokenText} as text from stream_events e
         where e.stream_id = ep.stream_id and e.seq between ep.first_seq and ep.last_seq and e.ordinal is not null and e.deleted_at is null
         order by e.seq limit ${maxMessages}
       ) m
       where ep.workspace_id = $1 and ep.id = any($2) order by ep.id, m.seq`,
      [tx.workspaceId, epochIds],
    ),
  ]);
  const texts = Map.groupBy(spoken, ({ epoch_id: id }) => id);
  return epochs.map((row) => ({
    epoch: epochOf(row),
    contentRev: row.content_rev,
    isPublic: row.is_public,
    texts: (texts.get(row.id) ?? []).map(({ text }) => text),
  }));
}

/** Whether everybody but guests sees a stream, and each of those that branched off it and have its readers. */
export async function listVisibility(tx: Transaction, streamId: string): Promise<{ id: string; isPublic: boolean }[]> {
  const rows = await tx.query<{ id: string; is_public: boolean }>(
    `select s.id, ${isPublic('s')} as is_public from streams s where s.workspace_id = $1 and (s.id = $2 or $2 = any(s.access_ids))`,
    [tx.workspaceId, streamId],
  );
  return rows.map((row) => ({ id: row.id, isPublic: row.is_public }));
}

/** Closed epochs that the index does not hold as they are: in the order in which they were opened, those last that failed by themselves. */
export async function listWaiting(tx: Transaction, limit: number): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select id from epochs where workspace_id = $1 and status = 'closed' and indexed_rev is distinct from content_rev
     order by postponed_at nulls first, id limit $2`,
    [tx.workspaceId, limit],
  );
  return rows.map(({ id }) => id);
}

/** Sends epochs to the end of the line: nobody waits behind what fails again and again. */
export async function postpone(tx: Transaction, epochIds: readonly string[], now: Date): Promise<void> {
  await tx.query('update epochs set postponed_at = $3 where workspace_id = $1 and id = any($2)', [tx.workspaceId, epochIds, now]);
}

export interface StoredVector {
  readonly epochId: string;
  readonly hash: Buffer;
  readonly vector: Float32Array;
}

/** The vectors that one model made of epochs. */
export async function findVectors(
  tx: Transaction,
  epochIds: readonly string[],
  { model, dimension }: { model: string; dimension: number },
): Promise<StoredVector[]> {
  const rows = await tx.query<{ epoch_id: string; content_hash: Buffer; vector: Buffer }>(
    `select epoch_id, content_hash, vector from epoch_vectors
     where workspace_id = $1 and epoch_id = any($2) and model = $3 and dimension = $4`,
    [tx.workspaceId, epochIds, model, dimension],
  );
  return rows.map((row) => ({ epochId: row.epoch_id, hash: row.content_hash, vector: fromBytes(row.vector) }));
}

/** Keeps vectors that were paid for. */
export async function upsertVectors(
  tx: Transaction,
  vectors: readonly StoredVector[],
  { model, dimension, now }: { model: string; dimension: number; now: Date },
): Promise<void> {
  if (vectors.length === 0) return;
  await tx.query(
    `insert into epoch_vectors (epoch_id, model, dimension, workspace_id, content_hash, vector, embedded_at)
     select v.id, $5, $6, $1, v.hash, v.vector, $7 from unnest($2::text[], $3::bytea[], $4::bytea[]) as v(id, hash, vector)
     order by v.id
     on conflict (epoch_id, model, dimension) do update set content_hash = excluded.content_hash, vector = excluded.vector,
       embedded_at = excluded.embedded_at`,
    [
      tx.workspaceId,
      vectors.map(({ epochId }) => epochId),
      vectors.map(({ hash }) => hash),
      vectors.map(({ vector }) => toBytes(vector)),
      model,
      dimension,
      now,
    ],
  );
}

/** Numbers of four bytes, the lowest first, whatever machine it is. */
function toBytes(vector: Float32Array): Buffer {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [at, value] of vector.entries()) bytes.writeFloatLE(value, at * 4);
  return bytes;
}

function fromBytes(bytes: Buffer): Float32Array {
  return Float32Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4));
}

/** What everybody who reads a stream may read surely: the stream itself and, unless a guest is among them, what is public. */
export async function findAudience(tx: Transaction, streamId: string): Promise<Readable> {
  const [row] = await tx.query<{ access_ids: string[]; has_guests: boolean }>(
    `select s.access_ids, exists (
       select from stream_members m join workspace_members wm on wm.workspace_id = m.workspace_id and wm.user_id = m.user_id
       where m.stream_id = any(s.access_ids) and m.left_at is null and wm.role = 'guest' and wm.removed_at is null) as has_guests
     from streams s where s.workspace_id = $1 and s.id = $2`,
    [tx.workspaceId, streamId],
  );
  return { publicToo: row?.has_guests === false, streamIds: [streamId, ...(row?.access_ids ?? []).filter((id) => id !== streamId)] };
}
