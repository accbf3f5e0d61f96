import { problemOf } from '../../../client/errors.ts';
import type { Streambed } from '../../../client/http/http.ts';
import type { LiveWorkspace } from '../../../client/workspace/live-workspace.ts';
import { UserId } from '../../../contract/ids.ts';
import type { Stream } from '../../../contract/stream.ts';
import { sentenceOf } from '../ui/problem-words.ts';
import type { Notice } from './page-actions.ts';
import { home, type Place } from './place.ts';
import { nameOfStream } from './stream-filter.ts';

/** The clients and callbacks that stream actions use, from anywhere in the page. */
export interface ActionServices {
  readonly workspaceId: string;
  readonly me: { readonly id: string };
  readonly streambed: Streambed;
  readonly list: LiveWorkspace;
  readonly keptUnread: Set<string>;
  readonly tell: (notice: Notice) => void;
  readonly go: (place: Place, how?: 'push' | 'replace') => void;
}

/** Archives a stream at once; the notice offers to undo it. */
export async function archiveStream(services: ActionServices, streamId: string): Promise<void> {
  const { streambed, workspaceId, me, list, tell } = services;
  const stream = await list.put(streambed.workspace(workspaceId).streams.archive(streamId));
  const undo = (): Promise<Stream> => list.put(changeStatus(services, streamId, 'active'));
  tell({
    text: `${nameOfStream(stream, me.id)} is archived.`,
    action: { label: 'Undo', run: () => void undo().catch((error: unknown) => tell(noticeOf(error))) },
  });
}

/** Sets the status: unarchives, reopens or resolves. */
export function changeStatus({ streambed, workspaceId }: ActionServices, streamId: string, status: Stream['status']): Promise<Stream> {
  return streambed.workspace(workspaceId).streams.update(streamId, { status });
}

/** Leaves a stream. A private stream then disappears, so the page goes home. */
export async function leaveStream({ streambed, workspaceId, me, list, tell, go }: ActionServices, streamId: string): Promise<void> {
  const stream = list.find(streamId);
  await streambed.workspace(workspaceId).streams.leave(streamId);
  if (stream?.visibility === 'private') go(home, 'replace');
  tell({ text: stream ? `You left ${nameOfStream(stream, me.id)}.` : 'You left.' });
}

/** Opens the DM with these people; the server creates a missing one. */
export async function openDm({ streambed, workspaceId, list, go }: ActionServices, userIds: readonly string[]): Promise<void> {
  const memberIds = userIds.map((id) => UserId.parse(id));
  const dm = await list.put(streambed.workspace(workspaceId).streams.create({ streamType: 'dm', memberIds }));
  go({ kind: 'stream', streamId: dm.id });
}

/** Marks an event and all later ones as unread; they stay unread although the stream is open. */
export async function markUnread({ list, keptUnread }: ActionServices, streamId: string, eventId: string): Promise<void> {
  keptUnread.add(streamId);
  await list.markUnread(streamId, eventId);
}

/** The notice for a failure. */
export const noticeOf = (error: unknown): Notice => ({ tone: 'error', text: sentenceOf(problemOf(error)) });
