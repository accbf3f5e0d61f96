import { room } from '../../../contract/frames.ts';
import { UserId } from '../../../contract/ids.ts';
import type { Stream } from '../../../contract/stream.ts';
import type { App } from '../../platform/app.ts';
import type { OutboxTransaction } from '../../platform/outbox.ts';
import { listDescendants } from './descendant-store.ts';
import { listGuestsAmong, listPersonalAudience, takeMemberRevisions, takeReaderRevisions, takeWorkspaceRevision } from './room-store.ts';
import { findStream, findStreams } from './stream-store.ts';
import { withoutViewer } from '../stream.ts';
import type { StreamForCaller } from '../stream.ts';

type AnnouncedStream = Pick<StreamForCaller, 'stream' | 'accessIds' | 'isPublic'>;

/**
 * Announces a stream to everyone who sees it. A public stream goes to the workspace's room, and to guests in their own rooms; other streams
 * go to their members' own rooms.
 */
export async function announceStream(
  app: Pick<App, 'clock'>,
  tx: OutboxTransaction,
  actorId: string,
  what: 'created' | 'updated' | 'archived',
  { stream, accessIds, isPublic }: AnnouncedStream,
): Promise<void> {
  const item = {
    type: `stream:${what}` as const,
    at: app.clock.now().toISOString(),
    actor: UserId.parse(actorId),
    data: withoutViewer(stream),
  };
  if (isPublic) {
    const { rev, gen } = await takeWorkspaceRevision(tx);
    tx.enqueue(room.workspace(tx.workspaceId), gen, { ...item, seq: rev });
  }
  const people = await listPersonalAudience(tx, accessIds, isPublic);
  for (const [index, { userId, rev, gen }] of (await takeMemberRevisions(tx, people)).entries()) {
    tx.enqueue(room.user(tx.workspaceId, userId), gen, { ...item, seq: rev }, isPublic || index > 0);
  }
}

/** Announces a stream to its new members on all their devices, each with their own view of it; to nobody who cannot read it. */
export async function announceMembership(
  app: Pick<App, 'clock'>,
  tx: OutboxTransaction,
  actorId: string,
  streamId: string,
  userIds: readonly string[],
): Promise<void> {
  for (const { userId, rev, gen } of await takeReaderRevisions(tx, streamId, userIds)) {
    const found = await findStream(tx, userId, streamId);
    if (!found) throw new Error(`The stream ${streamId} is gone`);
    tx.enqueue(room.user(tx.workspaceId, userId), gen, {
      seq: rev,
      type: 'stream:member:added',
      at: app.clock.now().toISOString(),
      actor: UserId.parse(actorId),
      data: found.stream,
    });
  }
}

/**
 * Announces the streams that inherit their readers from a stream, at any depth, to new members who could not read them before. Threads are
 * left out. Joining needs none of it: whoever sees a stream reads these already.
 */
export async function announceInherited(
  app: Pick<App, 'clock'>,
  tx: OutboxTransaction,
  actorId: string,
  streamId: string,
  userIds: readonly string[],
): Promise<void> {
  const below = await listDescendants(tx, streamId);
  if (below.length === 0) return;
  for (const { stream, isPublic } of await findStreams(tx, actorId, below)) {
    if (stream.streamType === 'thread') continue;
    const people = isPublic ? await listGuestsAmong(tx, userIds) : userIds;
    for (const [index, { userId, rev, gen }] of (await takeReaderRevisions(tx, stream.id, people)).entries()) {
      const at = app.clock.now().toISOString();
      const item = { type: 'stream:updated', at, actor: UserId.parse(actorId), data: withoutViewer(stream) } as const;
      tx.enqueue(room.user(tx.workspaceId, userId), gen, { ...item, seq: rev }, index > 0);
    }
  }
}

/** Announces to a member's devices that their membership ended. */
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
