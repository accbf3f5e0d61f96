import type { Stream } from '../../../contract/stream.ts';

/** What a stream's line in the sidebar says of what is new in it. */
export interface Badge {
  /** There is something to read. */
  readonly isUnread: boolean;
  /** How much of it is for this person: mentions, and everything in a DM. */
  readonly count: number;
  readonly isMuted: boolean;
}

/** The badge of a stream, by the notify level that the person chose for it. */
export function badgeOf(stream: Pick<Stream, 'streamType' | 'isMember' | 'unreadCount' | 'mentionCount' | 'notifyLevel'>): Badge {
  const { isMember, unreadCount, mentionCount, notifyLevel } = stream;
  const isMuted = notifyLevel === 'none';
  if (!isMember || isMuted) return { isUnread: false, count: 0, isMuted };
  const count = stream.streamType === 'dm' ? unreadCount : mentionCount;
  return { isUnread: notifyLevel === 'mentions' ? count > 0 : unreadCount > 0, count, isMuted };
}

/** "99+" where a number would be too long to read. */
export const countLabel = (count: number): string => (count > 99 ? '99+' : String(count));

/** The sum of what waits for this person, and whether anything else is unread. */
export function totalBadge(streams: readonly Stream[]): Badge {
  const badges = streams.filter(({ archivedAt }) => archivedAt === null).map(badgeOf);
  return {
    isUnread: badges.some(({ isUnread }) => isUnread),
    count: badges.reduce((sum, { count }) => sum + count, 0),
    isMuted: false,
  };
}
