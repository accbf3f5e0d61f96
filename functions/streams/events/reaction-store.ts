import type { Transaction } from '../../platform/database.ts';

/** Adds a reaction; true when it is new. An event has at most `maxEmoji` different emoji. */
export async function insertReaction(
  tx: Transaction,
  reaction: { eventId: string; emoji: string; userId: string; maxEmoji: number; createdAt: Date },
): Promise<'added' | 'there' | 'full'> {
  const [row] = await tx.query<{ added: boolean; emoji: number; known: boolean }>(
    `with seen as (
       select count(distinct emoji) as emoji, coalesce(bool_or(emoji = $3), false) as known from reactions where event_id = $2
     ), added as (
       insert into reactions (workspace_id, event_id, emoji, user_id, created_at)
       select $1, $2, $3, $4, $5 from seen where seen.known or seen.emoji < $6
       on conflict do nothing returning 1
     )
     select exists (select from added) as added, seen.emoji, seen.known from seen`,
    [tx.workspaceId, reaction.eventId, reaction.emoji, reaction.userId, reaction.createdAt, reaction.maxEmoji],
  );
  if (row?.added === true) return 'added';
  return row?.known === true ? 'there' : 'full';
}

/** Deletes a reaction; false when there was none. */
export async function deleteReaction(tx: Transaction, reaction: { eventId: string; emoji: string; userId: string }): Promise<boolean> {
  const rows = await tx.query<{ emoji: string }>(
    'delete from reactions where workspace_id = $1 and event_id = $2 and emoji = $3 and user_id = $4 returning emoji',
    [tx.workspaceId, reaction.eventId, reaction.emoji, reaction.userId],
  );
  return rows.length > 0;
}
