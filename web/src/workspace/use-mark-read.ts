import { useEffect } from 'react';
import { useStreamList, useWorkspace } from './workspace-context.ts';

/**
 * Marks a stream as read while the reader looks at its end. Messages that the reader marked unread stay unread until the reader has left
 * the stream.
 */
export function useMarkRead(streamId: string, newestSeq: number, watching: boolean): void {
  const { list, keptUnread } = useWorkspace();
  const { streams } = useStreamList();
  const stream = streams.find(({ id }) => id === streamId);
  const isUnread = stream !== undefined && stream.isMember && (stream.unreadCount > 0 || stream.mentionCount > 0);
  const isNewer = stream !== undefined && stream.isMember && newestSeq > stream.readSeq;
  useEffect(() => {
    if (!watching) keptUnread.delete(streamId);
    else if ((isUnread || isNewer) && !keptUnread.has(streamId))
      list.markRead(streamId, Math.max(newestSeq, list.find(streamId)?.lastSeq ?? 0));
  }, [watching, isUnread, isNewer, newestSeq, list, keptUnread, streamId]);
  useEffect(() => () => void keptUnread.delete(streamId), [keptUnread, streamId]);
}
