import type { Transaction } from '../../platform/database.ts';

/** Positions of a stream that members may have to be notified of: those after `from`, up to `upTo`. -1 is before the opening of an incident. */
export interface News {
  readonly from: number;
  readonly upTo: number;
}
/** Part of a stream that notifications tell of. */
export interface NewsStream {
  readonly id: string;
  readonly streamType: string;
  readonly name: string | null;
  readonly severity: string | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly parentStreamId: string | null;
}

/** Locks the decisions on a stream, and finds its news: what came until `before`, after what was decided on. */
export async function lockNews(tx: Transaction, streamId: string, before: Date): Promise<{ stream: NewsStream; news: News } | undefined> {
  const [row] = await tx.query<NewsStream & News>(
    `with held as (
       insert into notified_streams as n (stream_id, workspace_id, seq)
       select s.id, s.workspace_id, -1 from streams s where s.workspace_id = $1 and s.id = $2
       on conflict (stream_id) do update set seq = n.seq returning seq
     )
     select s.id, s.stream_type as "streamType", s.name, s.severity, s.created_by as "createdBy", s.created_at as "createdAt",
       s.parent_stream_id as "parentStreamId", held.seq as "from",
       greatest(held.seq, 0, (select max(e.seq) from stream_events e where e.stream_id = $2 and e.seq > held.seq and e.created_at <= $3)) as "upTo"
     from held join streams s on s.id = $2 and s.workspace_id = $1`,
    [tx.workspaceId, streamId, before],
  );
  return row && { stream: row, news: { from: row.from, upTo: row.upTo } };
}

/** Stores how far somebody decided. */
export async function storeDecided(tx: Transaction, streamId: string, seq: number): Promise<void> {
  await tx.query('update notified_streams set seq = greatest(seq, $3) where workspace_id = $1 and stream_id = $2', [
    tx.workspaceId,
    streamId,
    seq,
  ]);
}

/** An event as a notification tells of it. */
export interface NewsEvent {
  readonly seq: number;
  readonly eventType: string;
  readonly actorName: string;
  readonly text: string | null;
  readonly payload: Readonly<Record<string, unknown>> | null;
}

/** Reads the events at some positions, with the beginnings of their texts. */
export async function readNewsEvents(tx: Transaction, streamId: string, seqs: readonly number[]): Promise<Map<number, NewsEvent>> {
  const rows = await tx.query<NewsEvent>(
    `select e.seq, e.event_type as "eventType", coalesce(u.name, e.actor_id) as "actorName", left(t.content, 1000) as text, e.payload
     from stream_events e left join users u on u.workspace_id = $1 and u.id = e.actor_id left join text_messages t on t.id = e.id
     where e.workspace_id = $1 and e.stream_id = $2 and e.seq = any($3)`,
    [tx.workspaceId, streamId, seqs],
  );
  return new Map(rows.map((row) => [row.seq, row]));
}

/** Stores what members were notified of. */
export async function markNotified(
  tx: Transaction,
  streamId: string,
  members: readonly { readonly userId: string; readonly seq: number }[],
): Promise<void> {
  if (members.length === 0) return;
  await tx.query(
    `insert into notified_members as n (stream_id, user_id, workspace_id, seq)
     select $2, x.user_id, $1, x.seq from unnest($3::text[], $4::bigint[]) as x(user_id, seq)
     on conflict (stream_id, user_id) do update set seq = greatest(n.seq, excluded.seq)`,
    [tx.workspaceId, streamId, members.map(({ userId }) => userId), members.map(({ seq }) => seq)],
  );
}

/** Notes that mails to members are due; returns those for whom none was. */
export async function noteMailsDue(tx: Transaction, userIds: readonly string[], { now, due }: { now: Date; due: Date }): Promise<string[]> {
  if (userIds.length === 0) return [];
  const rows = await tx.query<{ user_id: string }>(
    `insert into notification_settings as ns (workspace_id, user_id, mail_due_at) select $1, x, $4 from unnest($2::text[]) x
     on conflict (workspace_id, user_id) do update set mail_due_at = $4 where ns.mail_due_at is null or ns.mail_due_at < $3
     returning user_id`,
    [tx.workspaceId, userIds, now, due],
  );
  return rows.map(({ user_id }) => user_id);
}
