import { erasedName } from '../../../contract/retention.ts';
import type { Transaction } from '../../platform/database.ts';
import type { ErasureInput } from './erasure-store.ts';

/** Counts of changed rows by kind. */
export type Counts = Record<string, number>;

/** Positions of a stream, `from` exclusive. */
export interface Window {
  readonly streamId: string;
  readonly from: number;
  readonly to: number;
}

/** SQL: the text `value` without the id of the member, also where it is written as a mention. */
const inJson = (value: string, user: string, other: string): string =>
  `replace(${value}::text, to_jsonb(${user}::text)::text, to_jsonb(${other}::text)::text)::jsonb`;
const mentionPattern = `('(?<![\\w.@/-])@' || regexp_replace($5, '\\.', '\\\\.', 'g') || '(?![A-Za-z0-9_@-])')`;
const content = (alias: string): string => `regexp_replace(${alias}.content, ${mentionPattern}, '@' || $6, 'g')`;
const mentions = (alias: string): string => `coalesce((
    select jsonb_agg(case when m ->> 'type' = 'user' and m ->> 'id' = $5
      then m || jsonb_build_object('id', $6::text, 'label', '${erasedName}') else m end order by n)
    from jsonb_array_elements(${alias}.mentions) with ordinality as x(m, n)), '[]')`;
const isNamed = (alias: string): string =>
  `(${alias}.mentions @> jsonb_build_array(jsonb_build_object('id', $5::text)) or ${alias}.content ~ ${mentionPattern})`;
const here = 'e.workspace_id = $1 and e.stream_id = $2 and e.seq > $3 and e.seq <= $4';

/** Statements over the events of a window, by the kind of their rows. */
const ofWindow: readonly (readonly [kind: string, text: string])[] = [
  ['messages', `update stream_events e set actor_id = $6 where ${here} and e.actor_id = $5 returning 1`],
  ['pins', `update stream_events e set pinned_by = $6 where ${here} and e.pinned_by = $5 returning 1`],
  [
    'payloads',
    `update stream_events e set payload = case when e.event_type ~ '[.]' then ${inJson('e.payload', '$5', '$6')}
       else erased_json(e.payload, '', $5, $6, '${erasedName}') end
     where ${here} and strpos(e.payload::text, to_jsonb($5::text)::text) > 0 returning 1`,
  ],
  [
    'edits',
    `update event_versions v set edited_by = $6 from stream_events e where ${here} and v.event_id = e.id and v.edited_by = $5 returning 1`,
  ],
  [
    'notifications',
    `update notifications n set actor_id = $6 from stream_events e where ${here} and n.event_id = e.id and n.actor_id = $5 returning 1`,
  ],
  [
    'mentions',
    `update mentions m set actor_id = $6 where m.workspace_id = $1 and m.stream_id = $2 and m.seq > $3 and m.seq <= $4 and m.actor_id = $5 returning 1`,
  ],
];
const reactionsAndVotes = {
  'keep-anonymous': [
    [
      'reactions',
      `update reactions r set user_id = $6 from stream_events e where ${here} and r.event_id = e.id and r.user_id = $5 returning 1`,
    ],
    [
      'votes',
      `update poll_votes v set user_id = $6 from stream_events e where ${here} and v.poll_id = e.content_id and v.user_id = $5 returning 1`,
    ],
  ],
  delete: [
    [
      'reactions',
      `delete from reactions r using stream_events e where ${here} and r.event_id = e.id and r.user_id = $5 and $6 <> '' returning 1`,
    ],
    [
      'votes',
      `delete from poll_votes v using stream_events e where ${here} and v.poll_id = e.content_id and v.user_id = $5 and $6 <> '' returning 1`,
    ],
  ],
} as const;

/** Replaces the member in the events of a window. Returns counts, and the positions whose texts named the member. */
export async function replaceInWindow(
  tx: Transaction,
  { streamId, from, to }: Window,
  { userId, replacement, messages }: ErasureInput,
): Promise<{ counts: Counts; named: number[] }> {
  const values = [tx.workspaceId, streamId, from, to, userId, replacement];
  const named = await tx.query<{ seq: number }>(
    `with texts as (
       update text_messages t set mentions = ${mentions('t')}, content = ${content('t')}
       from stream_events e where ${here} and t.id = e.id and ${isNamed('t')} returning e.seq
     ), versions as (
       update event_versions v set mentions = ${mentions('v')}, content = ${content('v')}
       from stream_events e where ${here} and v.event_id = e.id and ${isNamed('v')} returning e.seq
     )
     select seq from texts union select seq from versions`,
    values,
  );
  const counts: Counts = { texts: named.length };
  for (const [kind, text] of [...ofWindow, ...reactionsAndVotes[messages]]) {
    const rows = await tx.query<{ count: number }>(`with changed as (${text}) select count(*) as count from changed`, values);
    counts[kind] = rows[0]?.count ?? 0;
  }
  return { counts, named: named.map(({ seq }) => seq) };
}

/** Statements over the rows of a stream; `$2` is the stream, `$3` the member, `$4` the other id. */
const ofStream: readonly (readonly [kind: string, text: string])[] = [
  ['memberships', `update stream_members set user_id = $4 where workspace_id = $1 and stream_id = $2 and user_id = $3 returning 1`],
  ['mentionsOfMember', `delete from mentions where workspace_id = $1 and stream_id = $2 and user_id = $3 and $4 <> '' returning 1`],
  [
    'notificationsOfMember',
    `delete from notifications where workspace_id = $1 and stream_id = $2 and user_id = $3 and $4 <> '' returning 1`,
  ],
  ['barriers', `update epoch_barriers set set_by = $4 where workspace_id = $1 and stream_id = $2 and set_by = $3 returning 1`],
  [
    'corrections',
    `update epoch_corrections set corrected_by = $4 where workspace_id = $1 and stream_id = $2 and corrected_by = $3 returning 1`,
  ],
  [
    'rejections',
    `update epoch_links l set rejected_by = $4 from epochs p
     where p.workspace_id = $1 and p.stream_id = $2 and l.epoch_id = p.id and l.rejected_by = $3 returning 1`,
  ],
  [
    'streams',
    `update streams set created_by = case when created_by = $3 then $4 else created_by end,
       promoted_by = case when promoted_by = $3 then $4 else promoted_by end, dm_member_ids = array_replace(dm_member_ids, $3, $4),
       recent_actor_ids = array_replace(recent_actor_ids, $3, $4), metadata = ${inJson('metadata', '$3', '$4')}
     where workspace_id = $1 and id = $2 and (created_by = $3 or promoted_by = $3 or $3 = any(dm_member_ids) or $3 = any(recent_actor_ids)
       or strpos(metadata::text, to_jsonb($3::text)::text) > 0) returning 1`,
  ],
];

/** Replaces the member in the rows of a stream, apart from its events. */
export async function replaceInStream(tx: Transaction, streamId: string, { userId, replacement }: ErasureInput): Promise<Counts> {
  const counts: Counts = {};
  for (const [kind, text] of ofStream) {
    const rows = await tx.query<{ count: number }>(`with changed as (${text}) select count(*) as count from changed`, [
      tx.workspaceId,
      streamId,
      userId,
      replacement,
    ]);
    counts[kind] = rows[0]?.count ?? 0;
  }
  return counts;
}

/** Gives the log of a stream another generation, so that its clients read it again. */
export async function renewLog(tx: Transaction, streamId: string, gen: string): Promise<void> {
  await tx.query('update streams set gen = $3 where workspace_id = $1 and id = $2', [tx.workspaceId, streamId, gen]);
}

/** Replaces the member in what belongs to no stream. */
export async function replaceInWorkspace(tx: Transaction, { userId, replacement }: ErasureInput): Promise<Counts> {
  const values = [tx.workspaceId, userId, replacement];
  const [files] = await tx.query<{ count: number }>(
    `with changed as (update files set uploaded_by = $3 where workspace_id = $1 and uploaded_by = $2 returning 1) select count(*) as count from changed`,
    values,
  );
  const [notifications] = await tx.query<{ count: number }>(
    `with changed as (
       update notifications n set actor_id = $3 where n.workspace_id = $1 and n.actor_id = $2 returning 1
     ), gone as (
       delete from notifications n where n.workspace_id = $1 and n.user_id = $2 and n.actor_id <> $2 returning 1
     )
     select (select count(*) from changed) + (select count(*) from gone) as count`,
    values,
  );
  const [keys] = await tx.query<{ count: number }>(
    `with changed as (update api_keys set created_by = $3 where workspace_id = $1 and created_by = $2 returning 1) select count(*) as count from changed`,
    values,
  );
  const [devices] = await tx.query<{ count: number }>(
    `with devices as (
       delete from push_subscriptions where workspace_id = $1 and user_id = $2 returning 1
     ), settings as (
       delete from notification_settings where workspace_id = $1 and user_id = $2 returning 1
     ), notified as (
       delete from notified_members where workspace_id = $1 and user_id = $2 returning 1
     )
     select (select count(*) from devices) + (select count(*) from settings) + (select count(*) from notified) as count`,
    [tx.workspaceId, userId],
  );
  const [audit] = await tx.query<{ count: number }>('select audit_log_erase($1, $2) as count', [userId, replacement]);
  return {
    files: files?.count ?? 0,
    notifications: notifications?.count ?? 0,
    keys: keys?.count ?? 0,
    devices: devices?.count ?? 0,
    auditEntries: audit?.count ?? 0,
  };
}

/** The next stream of the workspace behind one, by id, with its last position. */
export async function findNextStream(tx: Transaction, after: string): Promise<{ id: string; lastSeq: number } | undefined> {
  const [row] = await tx.query<{ id: string; last_seq: number }>(
    'select id, last_seq from streams where workspace_id = $1 and id > $2 order by id limit 1',
    [tx.workspaceId, after],
  );
  return row && { id: row.id, lastSeq: row.last_seq };
}

/** Streams of the workspace behind one, by id. */
export async function listStreamsAfter(tx: Transaction, after: string, limit: number): Promise<string[]> {
  const rows = await tx.query<{ id: string }>('select id from streams where workspace_id = $1 and id > $2 order by id limit $3', [
    tx.workspaceId,
    after,
    limit,
  ]);
  return rows.map(({ id }) => id);
}

/** The member's own messages in a window that are not deleted, oldest first. */
export async function listOwnMessages(
  tx: Transaction,
  { streamId, from, to }: Window,
  userId: string,
  limit: number,
): Promise<{ id: string; seq: number }[]> {
  return tx.query(
    `select e.id, e.seq from stream_events e where ${here} and e.actor_id = $5 and e.deleted_at is null and e.ordinal is not null
     order by e.seq limit $6`,
    [tx.workspaceId, streamId, from, to, userId, limit],
  );
}

/** Files of a member that no event shows. */
export async function listUnpostedFiles(tx: Transaction, userId: string, limit: number): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    'select id from files where workspace_id = $1 and uploaded_by = $2 and event_id is null order by id limit $3',
    [tx.workspaceId, userId, limit],
  );
  return rows.map(({ id }) => id);
}

export async function deleteFiles(tx: Transaction, fileIds: readonly string[]): Promise<void> {
  await tx.query('delete from files where workspace_id = $1 and id = any($2) and event_id is null', [tx.workspaceId, fileIds]);
}

/** True while texts wait to be purged that were deleted before a time. */
export async function hasPurgesBefore(tx: Transaction, at: Date): Promise<boolean> {
  const rows = await tx.query<{ found: number }>('select 1 as found from purges where workspace_id = $1 and requested_at <= $2 limit 1', [
    tx.workspaceId,
    at,
  ]);
  return rows.length > 0;
}

/** Replaces the member in the next outbox rows of all workspaces, and returns where to go on; undefined after the last one. */
export async function replaceInOutbox(
  tx: Transaction,
  { userId, replacement }: ErasureInput,
  { ownRoom, after, limit }: { ownRoom: string; after: string; limit: number },
): Promise<{ lastId: string | undefined; changed: number; waiting: number }> {
  const [row] = await tx.query<{ last_id: string | null; changed: number; waiting: number }>(
    'select * from outbox_erase($1, $2, $3, $4, $5, $6)',
    [userId, replacement, erasedName, ownRoom, after, limit],
  );
  return { lastId: row?.last_id ?? undefined, changed: row?.changed ?? 0, waiting: row?.waiting ?? 0 };
}
