import type { Transaction } from '../../platform/database.ts';
import type { BarrierMark, EpochDraft, EpochMessage } from '../epochs/epoch.ts';
import { messageText } from '../epochs/message-rows.ts';
import type { SegmenterState } from '../segmenter/segmenter.ts';

export interface StreamToCut {
  /** The position of the stream's last change at the time of the read: all events up to here are visible. */
  readonly head: number;
  readonly hasRoles: boolean;
  readonly associationsVersion: number | undefined;
  /** The open epoch, with its message count and the time when its related epochs were last sent to the room. */
  readonly open: (EpochDraft & { readonly relatedCount: number; readonly relatedAt: Date | null }) | undefined;
  /** Barriers after the last epoch, in order of position. */
  readonly barriers: readonly BarrierMark[];
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

/** The stream of a locked cursor. A statement of its own sees what the previous holder of the lock committed. */
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

interface MessageRow {
  seq: number;
  text: string;
  actor_id: string;
  is_assistant: boolean;
  deleted_at: Date | null;
  created_at: Date;
}

const messageColumns = `e.seq, e.actor_id, e.deleted_at, e.created_at, case when e.deleted_at is null then ${messageText} else '' end as text,
  exists (select from providers v where v.id = e.provider_id and v.kind = 'assistant') as is_assistant`;

const messageOf = (row: MessageRow): EpochMessage => ({
  seq: row.seq,
  text: row.text,
  actorId: row.actor_id,
  isAssistant: row.is_assistant,
  isDeleted: row.deleted_at !== null,
  createdAt: row.created_at,
});

/** Events per batch: a long back-fill is cut in many short transactions. */
export const eventsPerBatch = 1_000;

/** Events behind the cursor of a stream, in order of position. */
export interface UncutEvents {
  /** Countable events. */
  readonly events: readonly EpochMessage[];
  /** True when one of the events may have changed the readers of the stream. */
  readonly changesAccess: boolean;
  /** The position of the last event that was read, when there are more. */
  readonly moreAfter: number | undefined;
}

/** The next countable events behind the cursor. */
export async function listUncutEvents(tx: Transaction, streamId: string, limit: number): Promise<UncutEvents> {
  const rows = await tx.query<MessageRow & { is_spoken: boolean }>(
    `select ${messageColumns}, e.ordinal is not null as is_spoken from stream_events e
     where e.workspace_id = $1 and e.stream_id = $2 and (e.ordinal is not null or e.event_type in ('promoted', 'system'))
       and e.seq > coalesce((select c.seq from epoch_cursors c where c.stream_id = $2), 0)
     order by e.seq limit $3`,
    [tx.workspaceId, streamId, limit],
  );
  return {
    events: rows.filter((row) => row.is_spoken).map(messageOf),
    changesAccess: rows.some((row) => !row.is_spoken),
    moreAfter: rows.length === limit ? rows.at(-1)?.seq : undefined,
  };
}

/** The last messages of an epoch, in order of position. */
export async function listLastMessages(tx: Transaction, streamId: string, epoch: EpochDraft, limit: number): Promise<EpochMessage[]> {
  const rows = await tx.query<MessageRow>(
    `select ${messageColumns} from stream_events e
     where e.workspace_id = $1 and e.stream_id = $2 and e.ordinal is not null and e.seq between $3 and $4
     order by e.seq desc limit $5`,
    [tx.workspaceId, streamId, epoch.firstSeq, epoch.lastSeq, limit],
  );
  return rows.map(messageOf).reverse();
}

/** Gives a new content revision to closed epochs with events that were edited or deleted since the last batch, and returns their ids. */
export async function markChangedEpochs(tx: Transaction, streamId: string, now: Date): Promise<string[]> {
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
  /** The revision of its last announcement. */
  readonly rev: number | null;
}

/** Writes epochs in one statement. A null `rev` keeps the stored one. */
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
