import { MemorySettings, defaultMemorySettings } from '../../../contract/epoch.ts';
import type { Transaction } from '../../platform/database.ts';
import type { EpochDraft, SetBarrier, SpokenEvent } from '../epochs/epoch.ts';
import type { SegmenterState } from '../segmenter/segmenter.ts';
import { spokenText } from '../epochs/message-rows.ts';

/** How far the epochs of a stream are; held until the transaction ends. */
export interface EpochCursor {
  readonly seq: number;
  readonly changedSeq: number;
  /** When it was last moved. */
  readonly updatedAt: Date | null;
  readonly rev: number;
  readonly settings: MemorySettings;
}

/** Takes the cursor of a stream, so that nobody else cuts it; undefined where the stream has none yet. */
export async function lockCursor(tx: Transaction, streamId: string): Promise<EpochCursor | undefined> {
  const [row] = await tx.query<{
    seq: number;
    changed_seq: number;
    updated_at: Date | null;
    rev: number;
    settings: Partial<MemorySettings>;
  }>('select seq, changed_seq, updated_at, rev, settings from epoch_cursors where workspace_id = $1 and stream_id = $2 for update', [
    tx.workspaceId,
    streamId,
  ]);
  if (!row) return undefined;
  const settings = MemorySettings.parse({ ...defaultMemorySettings, ...row.settings });
  return { seq: row.seq, changedSeq: row.changed_seq, updatedAt: row.updated_at, rev: row.rev, settings };
}

/** Begins the memory of a stream; once. */
export async function insertCursor(tx: Transaction, streamId: string): Promise<void> {
  await tx.query(
    `insert into epoch_cursors (stream_id, workspace_id) select id, workspace_id from streams where workspace_id = $1 and id = $2
     on conflict (stream_id) do nothing`,
    [tx.workspaceId, streamId],
  );
}

export interface StreamToCut {
  /** Position of the stream's last change when it was read: all events up to here can be seen. */
  readonly head: number;
  readonly hasRoles: boolean;
  readonly associationsVersion: number | undefined;
  /** The open epoch with how many messages it had, and when, as rooms were last told what it is related to. */
  readonly open: (EpochDraft & { readonly relatedCount: number; readonly relatedAt: Date | null }) | undefined;
  /** Barriers behind the last epoch, in order of position. */
  readonly barriers: readonly SetBarrier[];
}

interface StreamToCutRow {
  head: number;
  stream_type: string;
  associations_version: number | null;
  barriers: { afterSeq: number; label: string | null; setAt: string }[];
  id: string | null;
  status: 'open' | 'closed' | null;
  first_seq: number;
  last_seq: number;
  message_count: number;
  label: string | null;
  label_source: string | null;
  snippet: string | null;
  state: SegmenterState | null;
  opened_at: Date;
  last_event_at: Date;
  related_count: number;
  related_at: Date | null;
}

/** The stream whose cursor is held: its own statement, so that it sees what whoever held the cursor before has left. */
export async function findStreamToCut(tx: Transaction, streamId: string): Promise<StreamToCut | undefined> {
  const [row] = await tx.query<StreamToCutRow>(
    `select s.last_seq as head, s.stream_type, a.version as associations_version, p.id, p.status, p.first_seq, p.last_seq,
       p.message_count, p.label, p.label_source, p.snippet, p.state, p.opened_at, p.last_event_at, p.related_count, p.related_at,
       coalesce((select jsonb_agg(jsonb_build_object('afterSeq', b.after_seq, 'label', b.label, 'setAt', b.set_at) order by b.after_seq)
         from epoch_barriers b where b.stream_id = s.id and b.after_seq >= coalesce(p.last_seq, 0)), '[]') as barriers
     from streams s
     left join lateral (select * from epochs where stream_id = s.id order by first_seq desc limit 1) p on true
     left join association_models a on a.workspace_id = s.workspace_id
     where s.workspace_id = $1 and s.id = $2`,
    [tx.workspaceId, streamId],
  );
  if (!row) return undefined;
  return {
    head: row.head,
    hasRoles: row.stream_type === 'assistant',
    associationsVersion: row.associations_version ?? undefined,
    open: row.status === 'open' ? openOf(row) : undefined,
    barriers: row.barriers.map((barrier) => ({ ...barrier, setAt: new Date(barrier.setAt) })),
  };
}

const openOf = (row: StreamToCutRow): NonNullable<StreamToCut['open']> => ({
  id: row.id ?? '',
  status: 'open',
  barrier: null,
  firstSeq: row.first_seq,
  lastSeq: row.last_seq,
  messageCount: row.message_count,
  label: row.label_source === 'member' ? row.label : null,
  snippet: row.snippet,
  state: row.state,
  openedAt: row.opened_at,
  lastEventAt: row.last_event_at,
  closedAt: null,
  relatedCount: row.related_count,
  relatedAt: row.related_at,
});

interface SpokenRow {
  seq: number;
  text: string;
  actor_id: string;
  is_assistant: boolean;
  deleted_at: Date | null;
  created_at: Date;
}

const spokenColumns = `e.seq, e.actor_id, e.deleted_at, e.created_at, case when e.deleted_at is null then ${spokenText} else '' end as text,
  exists (select from providers v where v.id = e.provider_id and v.kind = 'assistant') as is_assistant`;

const spokenOf = (row: SpokenRow): SpokenEvent => ({
  seq: row.seq,
  text: row.text,
  actorId: row.actor_id,
  isAssistant: row.is_assistant,
  isDeleted: row.deleted_at !== null,
  createdAt: row.created_at,
});

/** Events that are taken at once; what is left comes with the next message, so that a long past holds up nobody else. */
export const eventsPerBatch = 1_000;

/** What is behind the cursor of a stream, in order of position. */
export interface Uncut {
  /** Countable events. */
  readonly events: readonly SpokenEvent[];
  /** Whether something that happened may have changed who reads the stream. */
  readonly movesAccess: boolean;
  /** Position of the last of what was read, where there is more. */
  readonly moreAfter: number | undefined;
}

/** The next events behind the cursor; those that only note something are passed by. */
export async function listUncut(tx: Transaction, streamId: string, limit: number): Promise<Uncut> {
  const rows = await tx.query<SpokenRow & { is_spoken: boolean }>(
    `select ${spokenColumns}, e.ordinal is not null as is_spoken from stream_events e
     where e.workspace_id = $1 and e.stream_id = $2 and (e.ordinal is not null or e.event_type in ('promoted', 'system'))
       and e.seq > coalesce((select c.seq from epoch_cursors c where c.stream_id = $2), 0)
     order by e.seq limit $3`,
    [tx.workspaceId, streamId, limit],
  );
  return {
    events: rows.filter((row) => row.is_spoken).map(spokenOf),
    movesAccess: rows.some((row) => !row.is_spoken),
    moreAfter: rows.length === limit ? rows.at(-1)?.seq : undefined,
  };
}

/** The last messages of an epoch, in order of position: what the segmenter remembers of it can be made of them again. */
export async function listLastSpoken(tx: Transaction, streamId: string, epoch: EpochDraft, limit: number): Promise<SpokenEvent[]> {
  const rows = await tx.query<SpokenRow>(
    `select ${spokenColumns} from stream_events e
     where e.workspace_id = $1 and e.stream_id = $2 and e.ordinal is not null and e.seq between $3 and $4
     order by e.seq desc limit $5`,
    [tx.workspaceId, streamId, epoch.firstSeq, epoch.lastSeq, limit],
  );
  return rows.map(spokenOf).reverse();
}

/** Marks the closed epochs in which something was edited or deleted since the cursor last looked; gives their ids. */
export async function markChanged(tx: Transaction, streamId: string, now: Date): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `with changed as (
       select e.seq from epoch_cursors c
       join stream_events e on e.stream_id = c.stream_id and e.changed_seq > c.changed_seq and e.seq <= c.seq
       where c.workspace_id = $1 and c.stream_id = $2 and e.ordinal is not null and (e.edited_at is not null or e.deleted_at is not null)
     ), hit as (
       select distinct h.id from changed cross join lateral (
         select p.id from epochs p where p.stream_id = $2 and p.first_seq <= changed.seq order by p.first_seq desc limit 1) h
     )
     update epochs p set content_rev = p.content_rev + 1, content_at = $3 from hit
     where p.workspace_id = $1 and p.id = hit.id and p.status = 'closed'
     returning p.id`,
    [tx.workspaceId, streamId, now],
  );
  return rows.map(({ id }) => id);
}

export interface EpochWrite extends EpochDraft {
  readonly relatedCount: number;
  readonly relatedAt: Date | null;
  /** The revision it was last told with. */
  readonly rev: number | null;
}

/** Writes the epochs that were touched, all in one statement. A null `rev` leaves the one that is there. */
export function upsertEpochs(tx: Transaction, streamId: string, epochs: readonly EpochWrite[], now: Date): void {
  tx.defer(
    `insert into epochs as p (id, workspace_id, stream_id, status, barrier, first_seq, last_seq, message_count, label, label_source, snippet, state,
       rev, content_at, related_count, related_at, opened_at, last_event_at, closed_at)
     select r.id, $1, $2, r.status, r.barrier, r."firstSeq", r."lastSeq", r."messageCount", r.label,
       case when r.label is not null then 'member' end, r.snippet, r.state, coalesce(r.rev, 0), $4, r."relatedCount", r."relatedAt", r."openedAt",
       r."lastEventAt", r."closedAt"
     from jsonb_to_recordset($3::jsonb) as r(id text, status text, barrier text, "firstSeq" bigint, "lastSeq" bigint, "messageCount" int,
       label text, snippet text, state jsonb, rev bigint, "relatedCount" int, "relatedAt" timestamptz, "openedAt" timestamptz,
       "lastEventAt" timestamptz, "closedAt" timestamptz)
     order by r."firstSeq"
     on conflict (id) do update set status = excluded.status, barrier = excluded.barrier, last_seq = excluded.last_seq,
       message_count = excluded.message_count, state = excluded.state, rev = greatest(p.rev, excluded.rev),
       content_at = excluded.content_at, related_count = excluded.related_count, related_at = excluded.related_at,
       last_event_at = excluded.last_event_at, closed_at = excluded.closed_at`,
    [tx.workspaceId, streamId, JSON.stringify(epochs), now],
  );
}

/** Notes how far the epochs are. */
export function moveCursor(tx: Transaction, streamId: string, to: { seq: number; changedSeq: number; rev: number; now: Date }): void {
  tx.defer('update epoch_cursors set seq = $3, changed_seq = $4, rev = $5, updated_at = $6 where workspace_id = $1 and stream_id = $2', [
    tx.workspaceId,
    streamId,
    to.seq,
    to.changedSeq,
    to.rev,
    to.now,
  ]);
}
