import type { Pointer } from '../../../contract/frames.ts';
import type { ReadState } from '../../../contract/stream.ts';
import type { Transaction } from '../../platform/database.ts';
import { readStateOf } from '../mentions/mention-store.ts';
import { accessOf, mentionCount, seesIt, unreadCount } from '../streams/stream-rows.ts';

/** State of a stream for its pointers and its root event, and the last announced state. */
export interface Announcement {
  readonly pointer: Pointer;
  readonly isThread: boolean;
  readonly isPublic: boolean;
  readonly accessIds: readonly string[];
  readonly rootEventId: string | null;
  /** Messages without the deleted ones; shown at the root event. */
  readonly replyCount: number;
  /** Revision of the settings, which the root event also shows. */
  readonly rev: number;
  readonly before: LastAnnouncement | undefined;
}

interface LastAnnouncement {
  readonly head: number;
  readonly countsRev: number;
  readonly replyCount: number;
  readonly rev: number;
  readonly announcedAt: Date;
  /** Time until which a postponed nudge is certain to arrive. */
  readonly postponedUntil: Date | undefined;
}

interface AnnouncementRow {
  id: string;
  stream_type: string;
  last_seq: number;
  message_count: number;
  deleted_count: number;
  counts_rev: number;
  last_event_at: Date | null;
  last_actor_id: string | null;
  access_ids: string[];
  is_public: boolean;
  branched_from_event_id: string | null;
  told_head: number | null;
  told_counts_rev: number;
  told_reply_count: number;
  rev: number;
  told_rev: number;
  announced_at: Date;
  looks_at: Date | null;
}

/** Reads the state of a stream and its last announcement; locks the announcement until the transaction ends. */
export async function lockAnnouncement(tx: Transaction, streamId: string): Promise<Announcement | undefined> {
  const [row] = await tx.query<AnnouncementRow>(
    `select s.id, s.stream_type, s.last_seq, s.message_count, s.deleted_count, s.counts_rev, s.last_event_at, s.access_ids,
       s.recent_actor_ids[1] as last_actor_id, s.branched_from_event_id, s.rev,
       case s.visibility when 'inherit' then coalesce(r.visibility = 'public', false) else s.visibility = 'public' end as is_public,
       p.head as told_head, p.counts_rev as told_counts_rev, p.reply_count as told_reply_count, p.rev as told_rev, p.announced_at,
       p.looks_at
     from streams s
     left join streams r on r.id = s.access_ids[cardinality(s.access_ids)]
     left join (select * from announced_pointers where stream_id = $2 for update) p on true
     where s.workspace_id = $1 and s.id = $2`,
    [tx.workspaceId, streamId],
  );
  return row && announcementOf(row);
}

function announcementOf(row: AnnouncementRow): Announcement {
  return {
    pointer: {
      streamId: row.id,
      head: row.last_seq,
      messageCount: row.message_count,
      countsRev: row.counts_rev,
      lastEventAt: row.last_event_at?.toISOString() ?? null,
      lastActorId: row.last_actor_id,
    } as Pointer,
    isThread: row.stream_type === 'thread',
    isPublic: row.is_public,
    accessIds: row.access_ids,
    rootEventId: row.branched_from_event_id,
    replyCount: row.message_count - row.deleted_count,
    rev: row.rev,
    before:
      row.told_head === null
        ? undefined
        : {
            head: row.told_head,
            countsRev: row.told_counts_rev,
            replyCount: row.told_reply_count,
            rev: row.told_rev,
            announcedAt: row.announced_at,
            postponedUntil: row.looks_at ?? undefined,
          },
  };
}

/** Stores the announced state of a stream. */
export async function storeAnnounced(tx: Transaction, { pointer }: Announcement, at: Date): Promise<void> {
  await tx.query(
    `insert into announced_pointers (stream_id, workspace_id, head, counts_rev, reply_count, announced_at) values ($2, $1, $3, $4, 0, $5)
     on conflict (stream_id) do update set head = $3, counts_rev = $4, announced_at = $5`,
    [tx.workspaceId, pointer.streamId, pointer.head, pointer.countsRev, at],
  );
}

/** Stores that a postponed nudge arrives, at this time at the earliest. */
export async function storePostponedNudge(tx: Transaction, streamId: string, at: Date): Promise<void> {
  await tx.query('update announced_pointers set looks_at = $3 where workspace_id = $1 and stream_id = $2', [tx.workspaceId, streamId, at]);
}

/** Stores the state last shown at the root event of a thread: number of replies and revision of settings. */
export async function storeRootAnnounced(tx: Transaction, { pointer, replyCount, rev }: Announcement): Promise<void> {
  await tx.query('update announced_pointers set reply_count = $3, rev = $4 where workspace_id = $1 and stream_id = $2', [
    tx.workspaceId,
    pointer.streamId,
    replyCount,
    rev,
  ]);
}

/** A member whose own room gets the pointer. `read` holds the member's counts, undefined outside the stream. */
export interface PersonalPointer {
  readonly userId: string;
  readonly read: ReadState | undefined;
}

/**
 * Lists the members who get a stream's pointer in their own room. For a thread these are its followers, for a public stream its guests,
 * otherwise its readers by membership. Authors since the last announcement are included, because their read pointer moved. Members who
 * cannot read the stream now are left out.
 */
export async function listPersonalPointers(
  tx: Transaction,
  { pointer, isThread, isPublic, accessIds, before }: Announcement,
): Promise<PersonalPointer[]> {
  const rows = await tx.query<{
    user_id: string;
    read_rev: number | null;
    read_seq: number;
    unread_count: number;
    mention_count: number;
    last_read_at: Date | null;
  }>(
    `with audience as (
       select a.user_id from stream_members a where a.workspace_id = $1 and a.stream_id = any($3) and a.left_at is null
         and (not $4::boolean or exists (select from workspace_members g
           where g.workspace_id = $1 and g.user_id = a.user_id and g.role = 'guest'))
       union
       select e.actor_id from stream_events e where e.workspace_id = $1 and e.stream_id = $2 and e.seq > $5 and e.ordinal is not null
     )
     select wm.user_id, m.read_rev, m.read_seq, m.last_read_at, ${unreadCount} as unread_count, ${mentionCount} as mention_count
     from audience
     join workspace_members wm on wm.workspace_id = $1 and wm.user_id = audience.user_id and wm.removed_at is null
     join streams s on s.id = $2
     left join stream_members m on m.stream_id = s.id and m.user_id = wm.user_id and m.left_at is null
     ${accessOf('wm.user_id')}
     where ${seesIt(`(wm.role = 'guest')`)}`,
    [
      tx.workspaceId,
      pointer.streamId,
      isThread ? [pointer.streamId] : accessIds,
      // Only followers have a thread in their list.
      isPublic && !isThread,
      before?.head ?? Math.max(pointer.head - 1_000, 0),
    ],
  );
  return rows.map((row) => ({
    userId: row.user_id,
    read: row.read_rev === null ? undefined : readStateOf({ ...row, read_rev: row.read_rev }),
  }));
}

/** Finds the stream of an event. */
export async function findStreamOfEvent(tx: Transaction, eventId: string): Promise<string | undefined> {
  const [row] = await tx.query<{ stream_id: string }>('select stream_id from stream_events where workspace_id = $1 and id = $2', [
    tx.workspaceId,
    eventId,
  ]);
  return row?.stream_id;
}
