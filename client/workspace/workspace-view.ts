import type { Stream, StreamType } from '../../contract/stream.ts';
import type { User, Workspace } from '../../contract/workspace.ts';

/** Streams by their type, each list with the newest activity first. */
export type StreamsByType = Readonly<Record<StreamType, readonly Stream[]>>;

/** Unread messages and mentions of all joined streams, without those whose notify level is `none`. */
export interface Totals {
  readonly unread: number;
  readonly mentions: number;
}

/** The visible part of a workspace snapshot. Each field is the same object until it changes. */
export interface WorkspaceView {
  readonly workspace?: Workspace;
  readonly me?: User;
  /** The newest activity first. */
  readonly streams: readonly Stream[];
  readonly byType: StreamsByType;
  /** Names by id, of everyone met so far. */
  readonly people: ReadonlyMap<string, string>;
  /** Counted up to 100. */
  readonly unreadNotifications: number;
  readonly totals: Totals;
}

export const emptyView: WorkspaceView = {
  streams: [],
  byType: { channel: [], thread: [], dm: [], incident: [], assistant: [] },
  people: new Map(),
  unreadNotifications: 0,
  totals: { unread: 0, mentions: 0 },
};

/** Sorts streams and sums up their badges. */
export function showStreams(unsorted: readonly Stream[]): Pick<WorkspaceView, 'streams' | 'byType' | 'totals'> {
  const streams = [...unsorted].sort(byActivity);
  const byType: Record<StreamType, Stream[]> = { channel: [], thread: [], dm: [], incident: [], assistant: [] };
  let [unread, mentions] = [0, 0];
  for (const stream of streams) {
    byType[stream.streamType].push(stream);
    if (!stream.isMember || stream.notifyLevel === 'none' || stream.status === 'archived') continue;
    unread += stream.notifyLevel === 'mentions' ? 0 : stream.unreadCount;
    mentions += stream.mentionCount;
  }
  return { streams, byType, totals: { unread, mentions } };
}

/** As the server lists by activity: the newest event first, where there is none the newest stream. */
function byActivity(a: Stream, b: Stream): number {
  const [left, right] = [a.lastEventAt ?? a.createdAt, b.lastEventAt ?? b.createdAt];
  if (left !== right) return left > right ? -1 : 1;
  return a.id > b.id ? -1 : 1;
}
