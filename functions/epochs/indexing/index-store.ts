import type { Epoch } from '../../../contract/epoch.ts';
import type { Readable } from '../../embeddings/scope.ts';
import type { Transaction } from '../../platform/database.ts';
import { epochColumns, epochOf, isPublic } from '../epochs/epoch-rows.ts';
import type { EpochRow } from '../epochs/epoch-rows.ts';

/** Closed epochs whose current revision is not indexed, oldest first; postponed ones come last. */
export async function listWaiting(tx: Transaction, limit: number): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select id from epochs where workspace_id = $1 and status = 'closed' and indexed_rev is distinct from content_rev
     order by postponed_at nulls first, id limit $2`,
    [tx.workspaceId, limit],
  );
  return rows.map(({ id }) => id);
}

/** Moves epochs to the end of the queue, so that one that always fails delays no other. */
export async function postponeEpochs(tx: Transaction, epochIds: readonly string[], now: Date): Promise<void> {
  await tx.query('update epochs set postponed_at = $3 where workspace_id = $1 and id = any($2)', [tx.workspaceId, epochIds, now]);
}

/** The result of indexing one revision of an epoch. */
export interface IndexedEpoch {
  readonly id: string;
  readonly contentRev: number;
  readonly label: string | null;
  readonly terms: readonly string[];
  readonly snippet: string | null;
  readonly messageCount: number;
}

/**
 * Marks epochs as indexed and stores their labels. An epoch that changed meanwhile still waits; a member's label stays. A description of
 * text that was purged meanwhile is not stored, and its epoch waits, because the index holds that text again.
 */
export async function markIndexed(
  tx: Transaction,
  epochs: readonly IndexedEpoch[],
  revs: ReadonlyMap<string, number>,
  now: Date,
): Promise<Epoch[]> {
  const rows = await tx.query<EpochRow>(
    `update epochs ep set
       label = case when ep.label_source in ('member', 'model') or ${isStale} then ep.label else r.label end,
       label_source = case when ep.label_source in ('member', 'model') or ${isStale} then ep.label_source
         when r.label is not null then 'terms' end,
       terms = case when ${isStale} then ep.terms else array(select jsonb_array_elements_text(r.terms)) end,
       snippet = case when ${isStale} then ep.snippet else r.snippet end, message_count = r."messageCount",
       indexed_rev = case when not ${isStale} then r."contentRev" end, indexed_at = $4, rev = v.rev
     from jsonb_to_recordset($2::jsonb) as r(id text, "contentRev" bigint, label text, terms jsonb, snippet text, "messageCount" int),
       jsonb_to_recordset($3::jsonb) as v("streamId" text, rev bigint)
     where ep.workspace_id = $1 and ep.id = r.id and ep.stream_id = v."streamId" and ep.status = 'closed'
     returning ${epochColumns}`,
    [tx.workspaceId, JSON.stringify(epochs), JSON.stringify([...revs].map(([streamId, rev]) => ({ streamId, rev }))), now],
  );
  return rows.map(epochOf).toSorted((a, b) => a.firstSeq - b.firstSeq);
}

/** SQL: text was purged from the epoch after it was read. */
const isStale = `(r."contentRev" < ep.purged_rev)`;

/** Deletes the vectors of epochs that have no words left. */
export async function deleteVectors(tx: Transaction, epochIds: readonly string[]): Promise<void> {
  await tx.query('delete from epoch_vectors where workspace_id = $1 and epoch_id = any($2)', [tx.workspaceId, epochIds]);
}

/** The given epochs that are the newest of their streams. */
export async function listNewestOfStreams(tx: Transaction, epochIds: readonly string[]): Promise<{ id: string; streamId: string }[]> {
  const rows = await tx.query<{ id: string; stream_id: string }>(
    `select ep.id, ep.stream_id from epochs ep where ep.workspace_id = $1 and ep.id = any($2)
       and not exists (select from epochs n where n.stream_id = ep.stream_id and n.first_seq > ep.first_seq)`,
    [tx.workspaceId, epochIds],
  );
  return rows.map((row) => ({ id: row.id, streamId: row.stream_id }));
}

export interface StoredVector {
  readonly epochId: string;
  readonly hash: Buffer;
  readonly vector: Float32Array;
}

/** Stored vectors of epochs by one model. */
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

/** Stores vectors, so that the provider is asked once for each text. */
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

/** 32-bit floats, little-endian on every machine. */
function toBytes(vector: Float32Array): Buffer {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [at, value] of vector.entries()) bytes.writeFloatLE(value, at * 4);
  return bytes;
}

function fromBytes(bytes: Buffer): Float32Array {
  return Float32Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4));
}

/** The visibility of a stream, and of the streams below it that have its readers. */
export async function listStreamVisibility(tx: Transaction, streamId: string): Promise<{ id: string; isPublic: boolean }[]> {
  const rows = await tx.query<{ id: string; is_public: boolean }>(
    `select s.id, ${isPublic('s')} as is_public from streams s where s.workspace_id = $1 and (s.id = $2 or $2 = any(s.access_ids))`,
    [tx.workspaceId, streamId],
  );
  return rows.map((row) => ({ id: row.id, isPublic: row.is_public }));
}

/** The streams that every reader of a stream can read: the stream itself, its parents and, without guests, public streams. */
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

export interface Model {
  readonly model: string;
  readonly dimension: number;
}

/** The model that a workspace is indexed with, and the one that it is moving to. */
export interface WorkspaceModels {
  readonly active: Model;
  readonly next: Model | undefined;
}

/** The models of the workspace. The first call makes the configured model its active one. */
export async function ensureModels(tx: Transaction, configured: Model): Promise<WorkspaceModels> {
  const [row] = await tx.query<{ model: string; dimension: number; next_model: string | null; next_dimension: number | null }>(
    `with made as (
       insert into workspace_memory (workspace_id, model, dimension) values ($1, $2, $3) on conflict (workspace_id) do nothing returning *
     )
     select model, dimension, next_model, next_dimension from made
     union all select model, dimension, next_model, next_dimension from workspace_memory where workspace_id = $1 limit 1`,
    [tx.workspaceId, configured.model, configured.dimension],
  );
  // A concurrent transaction may have inserted the row after this statement took its snapshot.
  if (!row) return { active: configured, next: undefined };
  const { model, dimension, next_model: nextModel, next_dimension: nextDimension } = row;
  return {
    active: { model, dimension },
    next: nextModel === null || nextDimension === null ? undefined : { model: nextModel, dimension: nextDimension },
  };
}

/** Starts to move the workspace to another model; false when it is moving there already. */
export async function startModelChange(tx: Transaction, next: Model): Promise<boolean> {
  const rows = await tx.query<{ model: string }>(
    `update workspace_memory set next_model = $2, next_dimension = $3
     where workspace_id = $1 and (next_model, next_dimension) is distinct from ($2, $3) returning model`,
    [tx.workspaceId, next.model, next.dimension],
  );
  return rows.length > 0;
}

/** Makes the next model the active one, and returns the previous one. */
export async function finishModelChange(tx: Transaction, to: Model): Promise<Model | undefined> {
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
