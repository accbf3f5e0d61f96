import { parseRoom } from '../../../contract/frames.ts';
import type { DraftFrame } from '../../../contract/draft.ts';
import type { FanOutMessage } from '../../../contract/messages/fan-out.ts';
import { draftFrame } from './draft-frame.ts';
import type { DraftPlace, Drafts } from './draft-store.ts';

/** Types of events that a member writes in a composer. */
const written: ReadonlySet<string> = new Set(['message', 'file']);

/**
 * Empties the drafts of those who posted, as far as they were saved before the post: what a member writes next stays. It belongs to the
 * promise of the post, so it happens even if the client is gone. Returns the frames for their devices. One request for each author and stream.
 */
export async function clearDrafts(drafts: Pick<Drafts, 'clear'>, messages: readonly FanOutMessage[]): Promise<DraftFrame[]> {
  const posts = new Map<string, { place: DraftPlace; at: string }>();
  for (const message of messages) {
    if (message.kind !== 'item' || message.item.type !== 'event' || !written.has(message.item.data.eventType)) continue;
    const { actor: userId, at } = message.item;
    const room = parseRoom(message.room);
    if (room?.kind !== 'stream' || userId === null) continue;
    const { workspaceId, streamId } = room;
    posts.set(`${streamId} ${userId}`, { place: { workspaceId, userId, streamId }, at });
  }
  const cleared = await Promise.all(
    [...posts.values()].map(async ({ place, at }) => {
      const draft = await drafts.clear(place, new Date(at));
      return draft ? [draftFrame(place, draft)] : [];
    }),
  );
  return cleared.flat();
}
