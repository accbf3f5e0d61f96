import { useMemo, useRef, useEffect } from 'react';
import type { LiveStream } from '../../../client/live-stream.ts';
import type { StreamEvent } from '../../../contract/event.ts';
import type { RowActions } from './row-actions.ts';
import { noticeOf } from './stream-actions.ts';
import { useWorkspace } from './workspace-context.ts';

type Asked = Pick<RowActions, 'onEdit' | 'onEditDone' | 'onDelete' | 'onShowVersions' | 'onPick'>;

/** What can be done with the events of a stream. The same object as long as the stream is the same. */
export function useRowActions(live: LiveStream, streamId: string, asked: Asked): RowActions {
  const { streambed, workspaceId, me, tell } = useWorkspace();
  const now = useRef(asked);
  useEffect(() => {
    now.current = asked;
  });
  return useMemo((): RowActions => {
    const events = streambed.workspace(workspaceId).events(streamId);
    const attempt = (action: Promise<unknown>): void => void action.catch((error: unknown) => tell(noticeOf(error)));
    return {
      onEdit: (eventId) => now.current.onEdit(eventId),
      onEditDone: () => now.current.onEditDone(),
      onDelete: (event) => now.current.onDelete(event),
      onShowVersions: (event) => now.current.onShowVersions(event),
      onPick: (eventId) => now.current.onPick(eventId),
      onSave: (eventId, text) => live.edit(eventId, text),
      onRetry: (clientEventId) => live.retry(clientEventId),
      onDiscard: (clientEventId) => live.discard(clientEventId),
      onReact: (event, emoji) => attempt(hasReacted(event, emoji, me.id) ? events.unreact(event.id, emoji) : events.react(event.id, emoji)),
      onVote: async (event, optionIds) => void (await events.vote(event.id, optionIds)),
      onPin: (event) => attempt(event.pinnedAt === null ? events.pin(event.id) : events.unpin(event.id)),
    };
  }, [live, streamId, streambed, workspaceId, me, tell]);
}

export const hasReacted = ({ reactions }: StreamEvent, emoji: string, userId: string): boolean =>
  reactions.some((reaction) => reaction.emoji === emoji && reaction.userIds.some((id) => id === userId));
