import { room } from '../../../contract/frames.ts';
import { StreamId, UserId } from '../../../contract/ids.ts';
import type { App } from '../../platform/app.ts';
import type { AccessTransaction } from '../../platform/outbox.ts';
import { endFollowing } from './member-store.ts';

/**
 * Ends following of the threads below a stream, itself included, for followers who cannot read them, and announces it to their devices.
 * Called after each change that takes access away, so that a follower of a thread can always read it.
 */
export async function unfollowHidden(
  app: Pick<App, 'clock'>,
  tx: AccessTransaction,
  actorId: string,
  { streamId, leaverId }: { streamId: string; leaverId?: string },
): Promise<void> {
  const at = app.clock.now();
  for (const { userId, rev, gen, ...thread } of await endFollowing(tx, { streamId, leaverId, at })) {
    tx.enqueue(room.user(tx.workspaceId, userId), gen, {
      seq: rev,
      type: 'stream:member:removed',
      at: at.toISOString(),
      actor: UserId.parse(actorId),
      data: { streamId: StreamId.parse(thread.streamId) },
    });
  }
}
