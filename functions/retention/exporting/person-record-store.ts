import type { PersonRecord } from '../../../contract/retention.ts';
import { messageText } from '../../epochs/epochs/message-rows.ts';
import type { Transaction } from '../../platform/database.ts';

/** A line with the key after which the next page begins. */
export interface KeyedRecord {
  readonly key: readonly (string | number)[];
  readonly record: PersonRecord;
}

/** Records of one kind behind a key. */
export type ListRecords = (
  tx: Transaction,
  page: { readonly userId: string; readonly after: readonly (string | number)[]; readonly limit: number },
) => Promise<KeyedRecord[]>;

const time = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const listProfile: ListRecords = (tx, { userId, after }) =>
  tx.query(
    `select '["done"]'::jsonb as key, jsonb_build_object('kind', 'profile', 'userId', u.id, 'name', u.name, 'email', u.email, 'role', wm.role,
       'joinedAt', ${time('wm.joined_at')}, 'removedAt', ${time('wm.removed_at')}) as record
     from users u join workspace_members wm on wm.workspace_id = u.workspace_id and wm.user_id = u.id
     where u.workspace_id = $1 and u.id = $2 and $3 = 0`,
    [tx.workspaceId, userId, after.length],
  );

const listMemberships: ListRecords = (tx, { userId, after, limit }) =>
  tx.query(
    `select jsonb_build_array(m.stream_id) as key, jsonb_build_object('kind', 'membership', 'streamId', m.stream_id, 'streamName', s.name,
       'role', m.role, 'joinedAt', ${time('m.joined_at')}, 'leftAt', ${time('m.left_at')}) as record
     from streams s join stream_members m on m.stream_id = s.id and m.user_id = $2
     where s.workspace_id = $1 and s.id > $3 order by s.id limit $4`,
    [tx.workspaceId, userId, after[0] ?? '', limit],
  );

/** Each stream is read by its index on authors, so that a page costs what the person wrote. */
const listMessages: ListRecords = (tx, { userId, after, limit }) =>
  tx.query(
    `select jsonb_build_array(e.stream_id, e.seq) as key, jsonb_build_object('kind', 'message', 'eventId', e.id, 'streamId', e.stream_id,
       'seq', e.seq, 'eventType', e.event_type, 'text', case when e.deleted_at is null then ${messageText} else '' end,
       'payload', case when e.deleted_at is null then e.payload end, 'versions', case when e.deleted_at is not null then '[]'::jsonb
         else coalesce((select jsonb_agg(v.content order by v.changed_seq) from event_versions v where v.event_id = e.id), '[]') end,
       'createdAt', ${time('e.created_at')}, 'editedAt', ${time('e.edited_at')}, 'deletedAt', ${time('e.deleted_at')}) as record
     from (
       select w.* from (select id from streams where workspace_id = $1 and id >= $3 order by id) s cross join lateral (
         select x.* from stream_events x where x.stream_id = s.id and x.actor_id = $2
           and x.seq > case when s.id = $3 then $4::bigint else 0 end order by x.seq limit $5
       ) w order by s.id, w.seq limit $5
     ) e order by e.stream_id, e.seq`,
    [tx.workspaceId, userId, after[0] ?? '', after[1] ?? 0, limit],
  );

const listFiles: ListRecords = (tx, { userId, after, limit }) =>
  tx.query(
    `select jsonb_build_array(f.id) as key, jsonb_build_object('kind', 'file', 'fileId', f.id, 'streamId', f.stream_id, 'name', f.name,
       'mediaType', f.media_type, 'sizeBytes', f.size_bytes, 'createdAt', ${time('f.created_at')}) as record
     from files f where f.workspace_id = $1 and f.uploaded_by = $2 and f.id > $3 order by f.id limit $4`,
    [tx.workspaceId, userId, after[0] ?? '', limit],
  );

const listReactions: ListRecords = (tx, { userId, after, limit }) =>
  tx.query(
    `select jsonb_build_array(r.event_id, r.emoji) as key, jsonb_build_object('kind', 'reaction', 'eventId', r.event_id, 'emoji', r.emoji,
       'at', ${time('r.created_at')}) as record
     from reactions r where r.workspace_id = $1 and r.user_id = $2 and (r.event_id, r.emoji) > ($3, $4) order by r.event_id, r.emoji limit $5`,
    [tx.workspaceId, userId, after[0] ?? '', after[1] ?? '', limit],
  );

const listVotes: ListRecords = (tx, { userId, after, limit }) =>
  tx.query(
    `select jsonb_build_array(v.poll_id, v.option_id) as key, jsonb_build_object('kind', 'vote', 'pollId', v.poll_id, 'optionId', v.option_id,
       'at', ${time('v.voted_at')}) as record
     from poll_votes v where v.workspace_id = $1 and v.user_id = $2 and (v.poll_id, v.option_id) > ($3, $4)
     order by v.poll_id, v.option_id limit $5`,
    [tx.workspaceId, userId, after[0] ?? '', after[1] ?? '', limit],
  );

/** Parts of the export, in order. */
export const sections: readonly ListRecords[] = [listProfile, listMemberships, listMessages, listFiles, listReactions, listVotes];
