import type { Epoch, MemoryHit, MemoryState } from '../../../contract/epoch.ts';
import type { Transaction } from '../../platform/database.ts';
import { accessOf, seesIt } from '../../streams/streams/stream-rows.ts';
import { epochColumns, epochOf } from '../epochs/epoch-rows.ts';
import type { EpochRow } from '../epochs/epoch-rows.ts';
import { messageText } from '../epochs/message-rows.ts';
import type { Model } from '../indexing/index-store.ts';
import { isAnyLate, lateBefore } from '../settings/memory-store.ts';
import type { MessageText } from './highlights.ts';

/** The streams that a member may read, as the index is asked, and the state of the index. */
export interface ReadableStreams {
  readonly isGuest: boolean;
  /** Streams that are not public, the most recently active first; all streams for a guest. */
  readonly streamIds: readonly string[];
  readonly state: MemoryState;
  /** The model that the workspace is indexed with; undefined when nothing is indexed yet. */
  readonly model: Model | undefined;
}

/** Streams in one query to the index. */
const maxStreams = 10_000;

/** The readable streams of a member; undefined when the user is no member of the workspace. */
export async function findReadable(tx: Transaction, userId: string, now: Date): Promise<ReadableStreams | undefined> {
  const [row] = await tx.query<{ is_guest: boolean; stream_ids: string[]; is_behind: boolean; model: string | null; dimension: number }>(
    `select wm.role = 'guest' as is_guest, mm.model, mm.dimension, ${isAnyLate('$3')} as is_behind,
       array(
         select s.id
         from (
           select distinct a.stream_id
           from stream_members m
           join (select s.id as stream_id, unnest(s.access_ids) as access_id from streams s where s.workspace_id = $1) a
             on a.access_id = m.stream_id
           where m.workspace_id = $1 and m.user_id = $2 and m.left_at is null
         ) own
         join streams s on s.id = own.stream_id
         left join streams r on s.visibility = 'inherit' and r.id = s.access_ids[cardinality(s.access_ids)]
         where (wm.role = 'guest' or coalesce(r.visibility, s.visibility) <> 'public')
         order by s.last_event_at desc nulls last, s.id limit ${maxStreams}
       ) as stream_ids
     from workspace_members wm left join workspace_memory mm on mm.workspace_id = wm.workspace_id
     where wm.workspace_id = $1 and wm.user_id = $2 and wm.removed_at is null`,
    [tx.workspaceId, userId, lateBefore(now)],
  );
  return (
    row && {
      isGuest: row.is_guest,
      streamIds: row.stream_ids,
      state: row.is_behind ? 'behind' : 'current',
      model: row.model === null ? undefined : { model: row.model, dimension: row.dimension },
    }
  );
}

export interface FoundEpoch {
  readonly epoch: Epoch;
  readonly streamName: string | null;
  readonly streamType: MemoryHit['streamType'];
}

/** The given epochs that a member may see, by id. This is the access check on every answer of the index. */
export async function findVisibleEpochs(tx: Transaction, userId: string, epochIds: readonly string[]): Promise<Map<string, FoundEpoch>> {
  const rows = await tx.query<EpochRow & { stream_name: string | null; stream_type: MemoryHit['streamType'] }>(
    `select ${epochColumns}, s.name as stream_name, s.stream_type
     from epochs ep
     join streams s on s.id = ep.stream_id
     join workspace_members wm on wm.workspace_id = $1 and wm.user_id = $2 and wm.removed_at is null
     ${accessOf('$2')}
     where ep.workspace_id = $1 and ep.id = any($3) and ${seesIt(`(wm.role = 'guest')`)}`,
    [tx.workspaceId, userId, epochIds],
  );
  return new Map(rows.map((row) => [row.id, { epoch: epochOf(row), streamName: row.stream_name, streamType: row.stream_type }]));
}

/** Limits of the highlighted text: messages per epoch, and characters per message. */
const maxMessages = 200;
const maxCharacters = 1_000;

/** Texts of the messages of several epochs, without deleted ones, by epoch and in one statement. */
export async function listMessageTexts(tx: Transaction, epochIds: readonly string[]): Promise<Map<string, MessageText[]>> {
  if (epochIds.length === 0) return new Map();
  const rows = await tx.query<{ epoch_id: string; event_id: string; seq: number; text: string }>(
    `select ep.id as epoch_id, m.event_id, m.seq, m.text
     from epochs ep cross join lateral (
       select e.id as event_id, e.seq, left(${messageText}, ${maxCharacters}) as text from stream_events e
       where e.stream_id = ep.stream_id and e.seq between ep.first_seq and ep.last_seq and e.ordinal is not null and e.deleted_at is null
       order by e.seq limit ${maxMessages}
     ) m
     where ep.workspace_id = $1 and ep.id = any($2)`,
    [tx.workspaceId, epochIds],
  );
  const messages = rows.map(({ epoch_id: epochId, event_id: eventId, seq, text }) => ({ epochId, message: { eventId, seq, text } }));
  const byEpoch = Map.groupBy(messages, ({ epochId }) => epochId);
  return new Map([...byEpoch].map(([epochId, of]) => [epochId, of.map(({ message }) => message)]));
}
