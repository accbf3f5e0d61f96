import { room } from '../../../contract/frames.ts';
import { UserId } from '../../../contract/ids.ts';
import type { Stream } from '../../../contract/stream.ts';
import type { App } from '../../platform/app.ts';
import type { OutboxTransaction } from '../../platform/outbox.ts';
import { listPersonalAudience, takeMemberRevisions, takeWorkspaceRevision } from './room-store.ts';
import { findStream } from './stream-store.ts';
import { neutral } from '../stream.ts';
import type { StreamForCaller } from '../stream.ts';

type Told = Pick<StreamForCaller, 'stream' | 'accessIds' | 'isPublic'>;

/**
 * Tells everyone who sees a stream of it: the workspace's room where it is public, its guests in their own rooms; and where it is not
 * public, those who are in it.
 */
export async function announceStream(
  app: Pick<App, 'clock'>,
  tx: OutboxTransaction,
  actorId: string,
  what: 'created' | 'updated' | 'archived',
  { stream, accessIds, isPublic }: Told,
): Promise<void> {
  const item = { type: `stream:${what}` as const, at: app.clock.now().toISOString(), actor: UserId.parse(actorId), data: neutral(stream) };
  if (isPublic) {
    const { rev, gen } = await takeWorkspaceRevision(tx);
    tx.enqueue(room.workspace(tx.workspaceId), gen, { ...item, seq: rev });
  }
  const people = await listPersonalAudience(tx, accessIds, isPublic);
  for (const [index, { userId, rev, gen }] of (await takeMemberRevisions(tx, people)).entries()) {
    tx.enqueue(room.user(tx.workspaceId, userId), gen, { ...item, seq: rev }, isPublic || index > 0);
  }
}

/** Tells members, on all their devices, that they are in a stream now: each the stream as it is for them. */
export async function announceMembership(
  app: Pick<App, 'clock'>,
  tx: OutboxTransaction,
  actorId: string,
  streamId: string,
  userIds: readonly string[],
): Promise<void> {
  for (const { userId, rev, gen } of await takeMemberRevisions(tx, userIds)) {
    const found = await findStream(tx, userId, streamId);
    if (!found) continue;
    tx.enqueue(room.user(tx.workspaceId, userId), gen, {
      seq: rev,
      type: 'stream:member:added',
      at: app.clock.now().toISOString(),
      actor: UserId.parse(actorId),
      data: found.stream,
    });
  }
}

/** Tells a member, on all their devices, that they are in a stream no more; and ends what they hear of it. */
export async function announceRemoval(
  app: Pick<App, 'clock'>,
  tx: OutboxTransaction,
  actorId: string,
  stream: Pick<Stream, 'id'>,
  userId: string,
): Promise<void> {
  const [place] = await takeMemberRevisions(tx, [userId]);
  if (!place) return;
  tx.enqueue(room.user(tx.workspaceId, userId), place.gen, {
    seq: place.rev,
    type: 'stream:member:removed',
    at: app.clock.now().toISOString(),
    actor: UserId.parse(actorId),
    data: { streamId: stream.id },
  });
}
