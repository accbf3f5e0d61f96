import type { Epoch, MemoryHit } from '../../../contract/epoch.ts';
import type { Transaction } from '../../platform/database.ts';
import { accessOf, seesIt } from '../../streams/streams/stream-rows.ts';
import { epochColumns, epochOf } from '../epochs/epoch-rows.ts';
import type { EpochRow } from '../epochs/epoch-rows.ts';
import type { Spoken } from './highlights.ts';
import { spokenText } from '../epochs/message-rows.ts';

export interface FoundEpoch {
  readonly epoch: Epoch;
  readonly streamName: string | null;
  readonly streamType: MemoryHit['streamType'];
}

/** Those of some epochs that a member may see, by their ids: what the index answers is not what they may see until this says so. */
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

/** What is looked through of one epoch for the words that were searched: its messages, and of each the beginning. */
const maxMessages = 200;
const maxCharacters = 1_000;

/** What was said in several epochs and is still there, by epoch. One statement, however many they are. */
export async function listSpokenIn(tx: Transaction, epochIds: readonly string[]): Promise<Map<string, Spoken[]>> {
  if (epochIds.length === 0) return new Map();
  const rows = await tx.query<{ epoch_id: string; event_id: string; seq: number; text: string }>(
    `select ep.id as epoch_id, m.event_id, m.seq, m.text
     from epochs ep cross join lateral (
       select e.id as event_id, e.seq, left(${spokenText}, ${maxCharacters}) as text from stream_events e
       where e.stream_id = ep.stream_id and e.seq between ep.first_seq and ep.last_seq and e.ordinal is not null and e.deleted_at is null
       order by e.seq limit ${maxMessages}
     ) m
     where ep.workspace_id = $1 and ep.id = any($2)`,
    [tx.workspaceId, epochIds],
  );
  const spoken = rows.map(({ epoch_id: epochId, event_id: eventId, seq, text }) => ({ epochId, said: { eventId, seq, text } }));
  const byEpoch = Map.groupBy(spoken, ({ epochId }) => epochId);
  return new Map([...byEpoch].map(([epochId, of]) => [epochId, of.map(({ said }) => said)]));
}
