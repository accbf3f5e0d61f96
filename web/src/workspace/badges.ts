import type { Stream } from '../../../contract/stream.ts';

/** The badge of a stream in the sidebar. */
export interface Badge {
  /** There are unread messages. */
  readonly isUnread: boolean;
  /** Unread messages for this member: mentions, and everything in a DM. */
  readonly count: number;
  readonly isMuted: boolean;
}

/** The badge of a stream, by the member's notify level. */
export function badgeOf(stream: Pick<Stream, 'streamType' | 'isMember' | 'unreadCount' | 'mentionCount' | 'notifyLevel'>): Badge {
  const { isMember, unreadCount, mentionCount, notifyLevel } = stream;
  const isMuted = notifyLevel === 'none';
  if (!isMember || isMuted) return { isUnread: false, count: 0, isMuted };
  const count = stream.streamType === 'dm' ? unreadCount : mentionCount;
  return { isUnread: notifyLevel === 'mentions' ? count > 0 : unreadCount > 0, count, isMuted };
}

/** "99+" for numbers that are too long to read. */
export const countLabel = (count: number): string => (count > 99 ? '99+' : String(count));

/** The sum of messages for this member over all streams, and a flag for other unread messages. */
export function totalBadge(streams: readonly Stream[]): Badge {
  const badges = streams.filter(({ archivedAt }) => archivedAt === null).map(badgeOf);
  return {
    isUnread: badges.some(({ isUnread }) => isUnread),
    count: badges.reduce((sum, { count }) => sum + count, 0),
    isMuted: false,
  };
}
