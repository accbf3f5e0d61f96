import { useEffect, useMemo, useRef } from 'react';
import type { LiveStream } from '../../../../client/stream/live-stream.ts';
import type { StreamEvent } from '../../../../contract/event.ts';
import { noticeOf } from '../../workspace/stream-actions.ts';
import { useWorkspace } from '../../workspace/workspace-context.ts';

/** Actions on an event of a stream. The object stays the same while the stream stays the same. */
export interface EventActions extends ConversationActions {
  readonly onSave: (eventId: string, text: string) => Promise<void>;
  readonly onRetry: (clientEventId: string) => void;
  readonly onDiscard: (clientEventId: string) => void;
  /** Adds the caller's reaction, or removes it when it is there. Shows failures as notices. */
  readonly onReact: (event: StreamEvent, emoji: string) => void;
  /** Rejects with StreambedError. */
  readonly onVote: (event: StreamEvent, optionIds: readonly string[]) => Promise<void>;
  readonly onPin: (event: StreamEvent) => void;
}

/** Actions that open an editor, a picker or a dialog of the conversation. */
interface ConversationActions {
  readonly onEdit: (eventId: string) => void;
  readonly onEditDone: () => void;
  readonly onDelete: (event: StreamEvent) => void;
  readonly onShowVersions: (event: StreamEvent) => void;
  /** Opens the emoji picker at an event; undefined closes it. */
  readonly onPick: (eventId: string | undefined) => void;
}

/** Combines the actions of the conversation with those that the live stream carries out. */
export function useEventActions(live: LiveStream, ofConversation: ConversationActions): EventActions {
  const { me, tell } = useWorkspace();
  const now = useRef(ofConversation);
  useEffect(() => {
    now.current = ofConversation;
  });
  return useMemo((): EventActions => {
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
