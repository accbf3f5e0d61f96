import type { Stream } from '../../../contract/stream.ts';
import type { StreamPlace } from '../workspace/place.ts';
import { badgeOf } from '../workspace/badges.ts';
import { filterStreams, nameOfStream } from '../workspace/stream-filter.ts';
import { byActivity } from '../workspace/stream-order.ts';

export interface SidebarGroup {
  readonly key: 'incidents' | 'channels' | 'dms' | 'threads' | 'others';
  readonly label: string;
  readonly streams: readonly Stream[];
}

export interface SidebarInput {
  readonly streams: readonly Stream[];
  readonly me: string;
  readonly query: string;
  /** The open stream, which is listed even when the member has not joined it. */
  readonly place: Pick<StreamPlace, 'streamId' | 'thread'> | undefined;
}

/** Limits of resolved incidents, and of threads without news. */
const mostResolved = 3;
const mostQuietThreads = 3;

/**
 * The groups of the sidebar: the member's streams by type. A query searches all visible streams; those that the member has not joined come
 * last.
 */
export function groupStreams({ streams, me, query, place }: SidebarInput): SidebarGroup[] {
  const found = filterStreams(streams, query, me).filter(({ archivedAt, status }) => archivedAt === null && status !== 'archived');
  const isQuery = query.trim() !== '';
  const isOpen = (stream: Stream): boolean => stream.id === place?.streamId || stream.id === place?.thread;
  const ofType = (type: Stream['streamType']): Stream[] => found.filter(({ streamType }) => streamType === type);
  const keepOrder = isQuery ? (list: Stream[]) => list : (list: Stream[]) => [...list].sort(byName(me));
  const mine = (stream: Stream): boolean => stream.isMember || (!isQuery && isOpen(stream));
  const groups: SidebarGroup[] = [
    { key: 'incidents', label: 'Incidents', streams: pickIncidents(ofType('incident'), isQuery, isOpen) },
    { key: 'channels', label: 'Channels', streams: keepOrder(ofType('channel').filter(mine)) },
    { key: 'dms', label: 'Direct messages', streams: isQuery ? ofType('dm') : [...ofType('dm')].sort(byActivity) },
    { key: 'threads', label: 'Threads', streams: pickThreads(ofType('thread'), isQuery, isOpen) },
    { key: 'others', label: 'You have not joined', streams: isQuery ? ofType('channel').filter(({ isMember }) => !isMember) : [] },
  ];
  return groups.filter((group) => group.streams.length > 0);
}

/** Active incidents concern every member who can see them; resolved ones soon nobody. */
function pickIncidents(incidents: Stream[], isQuery: boolean, isOpen: (stream: Stream) => boolean): Stream[] {
  if (isQuery) return incidents;
  const active = incidents.filter(({ status }) => status === 'active').sort((a, b) => bySeverity(a, b) || byActivity(a, b));
  const resolved = incidents.filter((stream) => stream.status === 'resolved' && (stream.isMember || isOpen(stream))).sort(byActivity);
  return [...active, ...resolved.filter((stream, index) => index < mostResolved || isOpen(stream) || badgeOf(stream).isUnread)];
}

function pickThreads(threads: Stream[], isQuery: boolean, isOpen: (stream: Stream) => boolean): Stream[] {
  if (isQuery) return threads.filter(({ isMember }) => isMember);
  const followed = threads.filter((stream) => stream.isMember || isOpen(stream)).sort(byActivity);
  const unread = followed.filter((stream) => badgeOf(stream).isUnread);
  const quiet = followed.filter((stream) => !unread.includes(stream));
  return [...unread, ...quiet.filter((stream, index) => index < mostQuietThreads || isOpen(stream))];
}

/** Creating a collator costs far more than using it. */
const names = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true });

const byName =
  (me: string) =>
  (a: Stream, b: Stream): number =>
    names.compare(nameOfStream(a, me), nameOfStream(b, me)) || (a.id < b.id ? -1 : 1);

const bySeverity = (a: Stream, b: Stream): number => (a.severity ?? 'sev9').localeCompare(b.severity ?? 'sev9');
