import type { StreamEvent } from '../../../contract/event.ts';
import { maxNamedUsers } from '../../../contract/event.ts';
import { accessOf, seesIt } from '../streams/stream-rows.ts';

/** A row of stream_events with everything that belongs to the event. */
export interface EventRow {
  id: string;
  stream_id: string;
  seq: number;
  changed_seq: number;
  ordinal: number | null;
  event_type: string;
  actor_id: string;
  actor_name: string | null;
  client_event_id: string;
  content: string | null;
  mentions: NonNullable<StreamEvent['content']>['mentions'] | null;
  payload: Record<string, unknown> | null;
  shared: StreamEvent['sharedRef'];
  poll: (Omit<NonNullable<StreamEvent['poll']>, 'options'> & { options: { id: string; text: string }[]; votes: Votes[] | null }) | null;
  file: StreamEvent['file'];
  reactions: StreamEvent['reactions'] | null;
  thread: NonNullable<StreamEvent['thread']> | null;
  is_branched_off: boolean | null;
  pinned_at: Date | null;
  pinned_by: string | null;
  created_at: Date;
  edited_at: Date | null;
  deleted_at: Date | null;
}
interface Votes {
  optionId: string;
  count: number;
  userIds: string[];
}

/** SQL that formats a time inside JSON as it is sent to clients. */
const wireTime = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const pollOf = `case when e.content_type = 'poll' then (
    select jsonb_build_object('question', p.question, 'options', p.options, 'multiple', p.multiple, 'closesAt', ${wireTime('p.closes_at')},
      'voterCount', (select count(distinct v.user_id) from poll_votes v where v.poll_id = p.id),
      'votes', (select jsonb_agg(jsonb_build_object('optionId', o.option_id, 'count', o.n, 'userIds', o.users))
        from (select v.option_id, count(*) as n, (array_agg(v.user_id order by v.voted_at, v.user_id))[1:${maxNamedUsers}] as users
          from poll_votes v where v.poll_id = p.id group by v.option_id) o))
    from polls p where p.id = e.content_id) end`;

const fileOf = `case when e.content_type = 'file' then (
    select jsonb_build_object('id', f.id, 'name', f.name, 'mediaType', f.media_type, 'sizeBytes', f.size_bytes, 'width', f.width,
      'height', f.height, 'uploadedBy', f.uploaded_by, 'createdAt', ${wireTime('f.created_at')})
    from files f where f.id = e.content_id) end`;

const reactionsOf = `(select jsonb_agg(jsonb_build_object('emoji', x.emoji, 'count', x.n, 'userIds', x.users) order by x.first, x.emoji)
    from (select r.emoji, count(*) as n, min(r.created_at) as first,
        (array_agg(r.user_id order by r.created_at, r.user_id))[1:${maxNamedUsers}] as users
      from reactions r where r.event_id = e.id group by r.emoji) x)`;

/**
 * SQL for the branch of an event. Every reader of the event can read a branch that inherits its readers; any other is limited to what
 * `viewer` may read, and left out of what is sent to everybody (null).
 */
const threadFor = (
  viewer: string | null,
): string => `(select jsonb_build_object('streamId', s.id, 'streamType', s.stream_type, 'name', s.name, 'status', s.status,
      'replyCount', s.message_count - s.deleted_count, 'lastReplyAt', ${wireTime('s.last_event_at')},
      'lastRepliers', coalesce((select jsonb_agg(jsonb_build_object('id', ru.id, 'name', ru.name)
          order by array_position(s.recent_actor_ids, ru.id))
        from users ru where ru.workspace_id = s.workspace_id and ru.id = any(s.recent_actor_ids)), '[]'))
    from streams s where s.branched_from_event_id = e.id and (s.visibility = 'inherit'${viewer === null ? '' : ` or ${readBy(viewer)}`}))`;

/** SQL condition: the viewer can read stream `s`. */
const readBy = (viewer: string): string => `exists (select from workspace_members vm ${accessOf(viewer)}
      where vm.workspace_id = s.workspace_id and vm.user_id = ${viewer} and vm.removed_at is null and ${seesIt(`(vm.role = 'guest')`)})`;

const isBranchedOff = `(select s.visibility <> 'inherit' from streams s where s.branched_from_event_id = e.id)`;

/** SQL for the payload. The name of a promoted stream is for its readers, who are those of this event only if it inherits them. */
const payloadOf = `case when e.event_type = 'promoted' and exists (
    select from streams p where p.id = e.payload->>'streamId' and p.visibility <> 'inherit'
  ) then e.payload - 'name' else e.payload end`;

/** SQL for the preview of a shared event's original, limited to what `viewer` may read. */
const previewFor = (viewer: string): string => `coalesce((
    select case when o.deleted_at is not null then jsonb_build_object('state', 'deleted')
      else jsonb_build_object('state', 'visible', 'eventId', o.id, 'streamId', s.id, 'streamName', s.name, 'streamType', s.stream_type,
        'seq', o.seq, 'eventType', o.event_type, 'actorId', o.actor_id, 'actorName', coalesce(ou.name, o.actor_id),
        'text', coalesce(ot.content, op.question, (select f.name from files f where f.id = o.content_id)),
        'createdAt', ${wireTime('o.created_at')}, 'editedAt', ${wireTime('o.edited_at')}) end
    from stream_events o
    join streams s on s.id = o.stream_id
    join workspace_members vm on vm.workspace_id = o.workspace_id and vm.user_id = ${viewer} and vm.removed_at is null
    left join users ou on ou.workspace_id = o.workspace_id and ou.id = o.actor_id
    left join text_messages ot on ot.id = o.id
    left join polls op on o.content_type = 'poll' and op.id = o.content_id
    ${accessOf(viewer)}
    where o.id = sr.original_event_id and ${seesIt(`(vm.role = 'guest')`)}
  ), jsonb_build_object('state', 'hidden'))`;

/**
 * SQL for a shared event. `viewer`: the parameter that holds the reader's id; null for events sent to everybody, which omit the preview.
 */
const sharedFor = (viewer: string | null): string => `case when e.content_type = 'shared_ref' then (
    select jsonb_build_object('context', sr.context${viewer === null ? '' : `, 'preview', ${previewFor(viewer)}`})
    from shared_refs sr where sr.id = e.content_id) end`;

/** Columns of an event, for stream_events `e` joined by `eventJoins`. */
export const eventColumns = (
  viewer: string | null,
): string => `e.id, e.stream_id, e.seq, e.changed_seq, e.ordinal, e.event_type, e.actor_id,
  u.name as actor_name, e.client_event_id, t.content, t.mentions, ${payloadOf} as payload, e.pinned_at, e.pinned_by, e.created_at, e.edited_at, e.deleted_at,
  ${sharedFor(viewer)} as shared, ${pollOf} as poll, ${fileOf} as file, ${reactionsOf} as reactions, ${threadFor(viewer)} as thread, ${isBranchedOff} as is_branched_off`;

export const eventJoins = `left join text_messages t on t.id = e.id
  left join users u on u.workspace_id = e.workspace_id and u.id = e.actor_id`;

/** An event as its room gets it: without what depends on the reader, which each reader fetches. */
export function forRoom(event: StreamEvent): StreamEvent {
  const { thread, ...rest } = event;
  const shown = event.isBranchedOff === true ? { ...rest, replyCount: 0 } : { ...rest, thread };
  return event.sharedRef ? { ...shown, sharedRef: { context: event.sharedRef.context } } : shown;
}

/** Converts a row to an event. A deleted event never shows its content; its thread stays. */
export function eventOf(row: EventRow): StreamEvent {
  const deleted = row.deleted_at !== null;
  return {
    id: row.id,
    streamId: row.stream_id,
    seq: row.seq,
    changedSeq: row.changed_seq,
    eventType: row.event_type,
    actorId: row.actor_id,
    actorName: row.actor_name ?? row.actor_id,
    clientEventId: row.client_event_id,
    content: deleted || row.content === null ? null : { text: row.content, mentions: row.mentions ?? [] },
    sharedRef: deleted ? null : row.shared,
    poll: deleted || row.poll === null ? null : pollWithVotes(row.poll),
    file: deleted ? null : row.file,
    payload: deleted ? null : row.payload,
    reactions: deleted ? [] : (row.reactions ?? []),
    thread: row.thread,
    ...(row.is_branched_off === true && { isBranchedOff: true }),
    replyCount: row.thread?.replyCount ?? 0,
    pinnedAt: deleted ? null : (row.pinned_at?.toISOString() ?? null),
    pinnedBy: deleted ? null : row.pinned_by,
    createdAt: row.created_at.toISOString(),
    editedAt: row.edited_at?.toISOString() ?? null,
    deletedAt: row.deleted_at?.toISOString() ?? null,
  } as StreamEvent;
}

function pollWithVotes({ votes, options, ...poll }: NonNullable<EventRow['poll']>): StreamEvent['poll'] {
  const byOption = new Map((votes ?? []).map((vote) => [vote.optionId, vote]));
  return {
    ...poll,
    options: options.map(({ id, text }) => ({ id, text, count: byOption.get(id)?.count ?? 0, userIds: byOption.get(id)?.userIds ?? [] })),
  } as StreamEvent['poll'];
}
