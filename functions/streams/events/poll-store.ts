import type { Transaction } from '../../platform/database.ts';

export function insertPoll(
  tx: Transaction,
  poll: { id: string; question: string; options: readonly { id: string; text: string }[]; multiple: boolean; closesAt: Date | null },
): void {
  tx.defer('insert into polls (id, workspace_id, question, options, multiple, closes_at) values ($1, $2, $3, $4::jsonb, $5, $6)', [
    poll.id,
    tx.workspaceId,
    poll.question,
    JSON.stringify(poll.options),
    poll.multiple,
    poll.closesAt,
  ]);
}

/** Replaces a voter's choice; returns true if it changed. */
export async function replaceVotes(
  tx: Transaction,
  vote: { pollId: string; userId: string; optionIds: readonly string[]; votedAt: Date },
): Promise<boolean> {
  const rows = await tx.query<{ option_id: string }>(
    `with gone as (
       delete from poll_votes where workspace_id = $1 and poll_id = $2 and user_id = $3 and not option_id = any($4) returning option_id
     ), added as (
       insert into poll_votes (workspace_id, poll_id, user_id, option_id, voted_at)
       select $1, $2, $3, o, $5 from unnest($4::text[]) o on conflict do nothing returning option_id
     )
     select option_id from gone union all select option_id from added`,
    [tx.workspaceId, vote.pollId, vote.userId, vote.optionIds, vote.votedAt],
  );
  return rows.length > 0;
}
