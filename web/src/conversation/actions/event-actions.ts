import { useEffect, useMemo, useRef } from 'react';
import type { LiveStream } from '../../../../client/stream/live-stream.ts';
import type { StreamEvent } from '../../../../contract/event.ts';
import type { RowActions } from './row-actions.ts';
import { noticeOf } from '../../workspace/stream-actions.ts';
import { useWorkspace } from '../../workspace/workspace-context.ts';

type Asked = Pick<RowActions, 'onEdit' | 'onEditDone' | 'onDelete' | 'onShowVersions' | 'onPick'>;

/** What can be done with the events of a stream. The same object as long as the stream is the same. */
export function useRowActions(live: LiveStream, asked: Asked): RowActions {
  const { me, tell } = useWorkspace();
  const now = useRef(asked);
  useEffect(() => {
    now.current = asked;
  });
  return useMemo((): RowActions => {
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
      onReact: ({ id, ...event }, emoji) => attempt(hasReacted(event, emoji, me.id) ? live.unreact(id, emoji) : live.react(id, emoji)),
      onVote: ({ id }, optionIds) => live.vote(id, optionIds),
      onPin: ({ id, pinnedAt }) => attempt(pinnedAt === null ? live.pin(id) : live.unpin(id)),
    };
  }, [live, me, tell]);
}

export const hasReacted = ({ reactions }: Pick<StreamEvent, 'reactions'>, emoji: string, userId: string): boolean =>
  reactions.some((reaction) => reaction.emoji === emoji && reaction.userIds.some((id) => id === userId));
