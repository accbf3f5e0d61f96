import type { Barrier } from '../../../contract/epoch.ts';
import type { Transaction } from '../../platform/database.ts';
import { spokenText } from '../epochs/message-rows.ts';

/** A closed epoch with what was said in it. */
export interface SaidEpoch {
  readonly streamId: string;
  readonly firstSeq: number;
  readonly barrier: Barrier;
  readonly texts: readonly string[];
}

/** Since when the newest `messages` messages of closed epochs were said; undefined where there are no more than that. */
export async function findSince(tx: Transaction, messages: number): Promise<Date | undefined> {
  const [row] = await tx.query<{ last_event_at: Date }>(
    `select last_event_at from (
       select last_event_at, sum(message_count) over (order by id desc) as total from epochs where workspace_id = $1 and status = 'closed'
     ) e where total > $2 order by total limit 1`,
    [tx.workspaceId, messages],
  );
  return row?.last_event_at;
}

/** Closed epochs stream by stream, in the order of each: those behind a place. */
export async function listSaid(
  tx: Transaction,
  { after, since, limit }: { after: { streamId: string; firstSeq: number }; since: Date | undefined; limit: number },
): Promise<SaidEpoch[]> {
  const rows = await tx.query<{ stream_id: string; first_seq: number; barrier: Barrier; texts: string[] | null }>(
    `select p.stream_id, p.first_seq, p.barrier, (
       select array_agg(left(${spokenText}, 2000) order by e.seq) from stream_events e
       where e.stream_id = p.stream_id and e.seq between p.first_seq and p.last_seq and e.ordinal is not null and e.deleted_at is null
     ) as texts
     from epochs p
     where p.workspace_id = $1 and p.status = 'closed' and (p.stream_id, p.first_seq) > ($2, $3)
       and ($4::timestamptz is null or p.last_event_at >= $4)
     order by p.stream_id, p.first_seq limit $5`,
    [tx.workspaceId, after.streamId, after.firstSeq, since ?? null, limit],
  );
  return rows.map((row) => ({ streamId: row.stream_id, firstSeq: row.first_seq, barrier: row.barrier, texts: row.texts ?? [] }));
}
