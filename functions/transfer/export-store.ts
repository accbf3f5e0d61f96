import type { ExportRecord } from '../../contract/transfer.ts';
import { maxInRecord } from '../../contract/transfer-event.ts';
import type { Transaction } from '../platform/database.ts';

/** A line of the file, with the key after which the next page begins. */
export interface Keyed {
  readonly key: readonly (string | number)[];
  readonly record: ExportRecord;
}

/** A page of a section's lines; `done` after the last one. */
export interface KeyedLines {
  readonly lines: readonly Keyed[];
  readonly done: boolean;
}

/** A page of a list: after a key, rows that existed at `until`, up to a limit. */
export interface Slice {
  readonly after: readonly (string | number)[] | undefined;
  readonly until: Date;
  readonly limit: number;
}

/** SQL: a time inside JSON, in the format of the API. */
const time = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** SQL: a JSON object with a column or expression per field. */
const json = (kind: string, fields: Readonly<Record<string, string>>): string =>
  `json_build_object('kind', '${kind}', ${Object.entries(fields)
    .map(([name, value]) => `'${name}', ${value}`)
    .join(', ')})`;

/** SQL: the user is in the file. Members who joined after `until` may have changed older rows, and are left out. */
const isTold = (userId: string, until: string): string =>
  `exists (select from users k where k.workspace_id = $1 and k.id = ${userId} and k.created_at <= ${until})`;

export async function findWorkspaceRecord(tx: Transaction): Promise<ExportRecord> {
  const [row] = await tx.query<{ record: ExportRecord }>(
    `select ${json('workspace', { id: 'w.id', name: 'w.name', createdAt: time('w.created_at') })} as record from workspaces w where w.id = $1`,
    [tx.workspaceId],
  );
  if (!row) throw new Error(`The workspace ${tx.workspaceId} has no row`);
  return row.record;
}

export function listProviderRecords(tx: Transaction, { after, until, limit }: Slice): Promise<Keyed[]> {
  const record = json('provider', { id: 'p.id', providerKind: 'p.kind', name: 'p.name', createdAt: time('p.created_at') });
  return tx.query<Keyed>(
    `select json_build_array(p.id) as key, ${record} as record from providers p
     where p.workspace_id = $1 and p.id > $2 and p.created_at <= $3 order by p.id limit $4`,
    [tx.workspaceId, after?.[0] ?? '', until, limit],
  );
}

/** Current and former members: the messages of former members are still there. */
export function listMemberRecords(tx: Transaction, { after, until, limit }: Slice): Promise<Keyed[]> {
  const record = json('member', {
    userId: 'u.id',
    name: 'u.name',
    email: 'u.email',
    role: 'wm.role',
    createdAt: time('u.created_at'),
    updatedAt: time('u.updated_at'),
    joinedAt: time('wm.joined_at'),
    removedAt: time('wm.removed_at'),
  });
  return tx.query<Keyed>(
    `select json_build_array(u.id) as key, ${record} as record
     from users u join workspace_members wm on wm.workspace_id = u.workspace_id and wm.user_id = u.id
     where u.workspace_id = $1 and u.id > $2 and u.created_at <= $3 order by u.id limit $4`,
    [tx.workspaceId, after?.[0] ?? '', until, limit],
  );
}

export function listStreamRecords(tx: Transaction, { after, until, limit }: Slice): Promise<Keyed[]> {
  const record = json('stream', {
    id: 's.id',
    streamType: 's.stream_type',
    name: 's.name',
    slug: 's.slug',
    description: 's.description',
    status: 's.status',
    severity: 's.severity',
    dmMemberIds: 's.dm_member_ids',
    promotedAt: time('s.promoted_at'),
    promotedBy: 's.promoted_by',
    metadata: 's.metadata',
    gen: 's.gen',
    lastSeq: 's.last_seq',
    rev: 's.rev',
    countsRev: 's.counts_rev',
    lastEventAt: time('s.last_event_at'),
    recentActorIds: `array(select a.id from unnest(s.recent_actor_ids) with ordinality a(id, n) where ${isTold('a.id', '$3')} order by a.n)`,
    createdBy: 's.created_by',
    createdAt: time('s.created_at'),
    archivedAt: time('s.archived_at'),
    idempotencyKey: 's.idempotency_key',
  });
  return tx.query<Keyed>(
    `select json_build_array(s.id) as key, ${record} as record from streams s
     where s.workspace_id = $1 and s.id > $2 and s.created_at <= $3 order by s.id limit $4`,
    [tx.workspaceId, after?.[0] ?? '', until, limit],
  );
}

/** SQL: the value, or null in a deleted event. */
const unlessDeleted = (value: string): string => `case when e.deleted_at is null then ${value} end`;

const eventRecord = json('event', {
  id: 'e.id',
  streamId: 'e.stream_id',
  seq: 'e.seq',
  changedSeq: 'e.changed_seq',
  ordinal: 'e.ordinal',
  eventType: 'e.event_type',
  actorId: 'e.actor_id',
  clientEventId: 'e.client_event_id',
  providerId: 'e.provider_id',
  content: `case when e.deleted_at is null and t.id is not null then json_build_object('text', t.content, 'mentions', t.mentions) end`,
  mentionedIds: `coalesce((select json_agg(n.user_id order by n.user_id collate "C") from mentions n
    where n.stream_id = e.stream_id and n.seq = e.seq and e.deleted_at is null
      and (n.user_id = '@here' or ${isTold('n.user_id', '$4')})), '[]')`,
  sharedRef: unlessDeleted(`(select json_build_object('originalEventId', sr.original_event_id, 'context', sr.context)
    from shared_refs sr where e.content_type = 'shared_ref' and sr.id = e.content_id)`),
  poll: unlessDeleted(`(select json_build_object('question', p.question, 'options', p.options, 'multiple', p.multiple,
    'closesAt', ${time('p.closes_at')}) from polls p where e.content_type = 'poll' and p.id = e.content_id)`),
  file: unlessDeleted(`(select json_build_object('id', f.id, 'name', f.name, 'mediaType', f.media_type, 'sizeBytes', f.size_bytes,
    'width', f.width, 'height', f.height, 'uploadedBy', f.uploaded_by, 'createdAt', ${time('f.created_at')})
    from files f where e.content_type = 'file' and f.id = e.content_id)`),
  payload: unlessDeleted('e.payload'),
  pinnedAt: unlessDeleted(`case when e.pinned_at <= $4 then ${time('e.pinned_at')} end`),
  pinnedBy: unlessDeleted('case when e.pinned_at <= $4 then e.pinned_by end'),
  createdAt: time('e.created_at'),
  editedAt: time('e.edited_at'),
  deletedAt: time('e.deleted_at'),
});

/**
 * Events from a key on, the key's event included, by stream and oldest first: those that share another event, or those that do not. Each
 * stream is read by its index, so that a page costs the same at any position.
 */
export async function listEventRecords(
  tx: Transaction,
  { after, until, limit, sharing }: Slice & { readonly sharing: boolean },
): Promise<Extract<ExportRecord, { kind: 'event' }>[]> {
  const rows = await tx.query<{ record: Extract<ExportRecord, { kind: 'event' }> }>(
    `select ${eventRecord} as record
     from (
       select w.* from (
         select s.id from streams s where s.workspace_id = $1 and s.id >= $2 and s.created_at <= $4 order by s.id
       ) s cross join lateral (
         select x.* from stream_events x
         where x.stream_id = s.id and x.seq >= case when s.id = $2 then $3::bigint else 0 end and x.created_at <= $4
           and ${sharing ? `x.event_type = 'shared'` : `x.event_type <> 'shared'`}
         order by x.seq limit $5
       ) w
       order by s.id, w.seq limit $5
     ) e
     left join text_messages t on t.id = e.id
     order by e.stream_id, e.seq`,
    [tx.workspaceId, after?.[0] ?? '', after?.[1] ?? 0, until, limit],
  );
  return rows.map(({ record }) => record);
}

/** A part of an event: 1 earlier versions, 2 reactions, 3 votes. `n` is its number among the parts of its kind. */
export interface EventPart {
  readonly eventId: string;
  readonly part: number;
  readonly n: number;
  readonly record: ExportRecord;
}

const inChunks = (
  part: number,
  list: { kind: string; field: string; from: string; order: string; entry: string },
): string => `select c.event_id, ${part} as part, c.n,
    json_build_object('kind', '${list.kind}', 'eventId', c.event_id, '${list.field}', json_agg(c.entry order by c.place)) as record
  from (
    select x.*, (x.place - 1) / ${maxInRecord} as n from (
      select y.*, row_number() over (partition by y.event_id order by ${list.order}) as place, ${list.entry} as entry from (${list.from}) y
    ) x
  ) c group by c.event_id, c.n`;

const version = json('version', {
  eventId: 'v.event_id',
  changedSeq: 'v.changed_seq',
  text: 'v.content',
  mentions: 'v.mentions',
  validFrom: time('v.valid_from'),
  editedBy: 'v.edited_by',
});
const reactions = inChunks(2, {
  kind: 'reactions',
  field: 'reactions',
  from: 'select r.event_id, r.emoji, r.user_id, r.created_at from reactions r where r.event_id = any($2) and r.created_at <= $7',
  order: 'y.created_at, y.emoji collate "C", y.user_id collate "C"',
  entry: `json_build_object('emoji', y.emoji, 'userId', y.user_id, 'at', ${time('y.created_at')})`,
});
const votes = inChunks(3, {
  kind: 'votes',
  field: 'votes',
  from: `select q.id as event_id, v.option_id, v.user_id, v.voted_at from stream_events q
    join poll_votes v on v.poll_id = q.content_id where q.content_type = 'poll' and q.id = any($2) and v.voted_at <= $7`,
  order: 'y.voted_at, y.option_id collate "C", y.user_id collate "C"',
  entry: `json_build_object('optionId', y.option_id, 'userId', y.user_id, 'at', ${time('y.voted_at')})`,
});

/** The parts of these events in order; for the event that was sent in part, only the rest. */
export async function listEventParts(
  tx: Transaction,
  eventIds: readonly string[],
  page: { halfTold: { eventId: string; part: number; n: number } | undefined; until: Date; limit: number },
): Promise<EventPart[]> {
  const rows = await tx.query<{ event_id: string; part: number; n: number; record: ExportRecord }>(
    `select p.event_id, p.part, p.n, p.record from (
       select v.event_id, 1 as part, v.changed_seq as n, ${version} as record from event_versions v where v.event_id = any($2)
       union all ${reactions} union all ${votes}
     ) p
     where $1 = app_workspace_id() and (p.event_id <> $3 or (p.part, p.n) > ($4::int, $5::bigint))
     order by array_position($2, p.event_id), p.part, p.n limit $6`,
    [tx.workspaceId, eventIds, page.halfTold?.eventId ?? '', page.halfTold?.part ?? 0, page.halfTold?.n ?? 0, page.limit, page.until],
  );
  return rows.map(({ event_id, part, n, record }) => ({ eventId: event_id, part, n, record }));
}

export function listStreamMemberRecords(tx: Transaction, { after, until, limit }: Slice): Promise<Keyed[]> {
  const record = json('stream_member', {
    streamId: 'm.stream_id',
    userId: 'm.user_id',
    role: 'm.role',
    notifyLevel: 'm.notify_level',
    readSeq: 'm.read_seq',
    readOrdinal: 'm.read_ordinal',
    readRev: 'm.read_rev',
    lastReadAt: time('m.last_read_at'),
    joinedAt: time('m.joined_at'),
    leftAt: time('m.left_at'),
  });
  return tx.query<Keyed>(
    `select json_build_array(m.stream_id, m.user_id) as key, ${record} as record
     from streams s join stream_members m on m.stream_id = s.id
     where s.workspace_id = $1 and s.id >= $2 and s.created_at <= $4 and m.joined_at <= $4 and (m.stream_id, m.user_id) > ($2, $3)
     order by m.stream_id, m.user_id limit $5`,
    [tx.workspaceId, after?.[0] ?? '', after?.[1] ?? '', until, limit],
  );
}

export function listStreamEndRecords(tx: Transaction, { after, until, limit }: Slice): Promise<Keyed[]> {
  const record = json('stream_end', {
    streamId: 's.id',
    visibility: 's.visibility',
    parentStreamId: 's.parent_stream_id',
    branchedFromEventId: 's.branched_from_event_id',
    events: 'n.events',
    messages: 'n.messages',
  });
  return tx.query<Keyed>(
    `select json_build_array(s.id) as key, ${record} as record
     from (select * from streams where workspace_id = $1 and id > $2 and created_at <= $3 order by id limit $4) s
     cross join lateral (
       select count(*) as events, count(e.ordinal) as messages from stream_events e where e.stream_id = s.id and e.created_at <= $3
     ) n
     order by s.id`,
    [tx.workspaceId, after?.[0] ?? '', until, limit],
  );
}
