import { describe, expect, test } from '@jest/globals';
import type { Stream } from '../../../contract/stream.ts';
import { groupStreams } from '../../../web/src/sidebar/sidebar-groups.ts';
import { badgeOf, countLabel, totalBadge } from '../../../web/src/workspace/badges.ts';
import { stream, streamIdOf } from '../workspace/builders.ts';

let made = 0;
const at = (minute: number): string => new Date(Date.UTC(2026, 10, 20, 12, minute)).toISOString();
const make = (name: string | null, given: Partial<Stream> = {}): Stream => stream(name, { id: streamIdOf(++made), ...given });

const shown = (streams: Stream[], query = '', place?: { streamId: Stream['id']; thread?: Stream['id'] }) =>
  Object.fromEntries(
    groupStreams({ streams, me: 'ada', query, place }).map(({ key, streams: list }) => [key, list.map(({ name, id }) => name ?? id)]),
  );

describe('a badge', () => {
  test.each([
    ['nothing new', {}, { isUnread: false, count: 0, isMuted: false }],
    ['unread is bold', { unreadCount: 3 }, { isUnread: true, count: 0, isMuted: false }],
    ['mentions are counted', { unreadCount: 3, mentionCount: 2 }, { isUnread: true, count: 2, isMuted: false }],
    ['in a DM everything is counted', { streamType: 'dm', unreadCount: 3 }, { isUnread: true, count: 3, isMuted: false }],
    ['mentions only: the rest is not bold', { unreadCount: 3, notifyLevel: 'mentions' }, { isUnread: false, count: 0, isMuted: false }],
    ['mentions only: they are', { unreadCount: 3, mentionCount: 1, notifyLevel: 'mentions' }, { isUnread: true, count: 1, isMuted: false }],
    ['muted says nothing', { unreadCount: 3, mentionCount: 1, notifyLevel: 'none' }, { isUnread: false, count: 0, isMuted: true }],
    ['not joined says nothing', { unreadCount: 3, isMember: false }, { isUnread: false, count: 0, isMuted: false }],
  ] as const)('%s', (_what, given, badge) => expect(badgeOf(make('a', given))).toEqual(badge));

  test('shows at most 99+', () => expect([1, 99, 100, 5000].map(countLabel)).toEqual(['1', '99', '99+', '99+']));
  test('of all streams leaves out archived ones', () => {
    const archived = make('old', { mentionCount: 5, unreadCount: 5, archivedAt: at(0), status: 'archived' });
    const dm = make(null, { streamType: 'dm', unreadCount: 2 });
    expect(totalBadge([archived, dm, make('a', { unreadCount: 1, mentionCount: 1 })])).toEqual({
      isUnread: true,
      count: 3,
      isMuted: false,
    });
  });
});

describe('the sidebar', () => {
  test('has the joined channels by name, and the DMs by activity', () => {
    const people = (id: string, name: string) => ({
      participants: [
        { id: 'ada', name: 'Ada' },
        { id, name },
      ] as Stream['participants'],
    });
    const dms = [
      make(null, { streamType: 'dm', lastEventAt: at(1), ...people('bob', 'Bob') }),
      make(null, { streamType: 'dm', lastEventAt: at(2), ...people('cyd', 'Cyd') }),
    ];
    const groups = shown([make('zebra'), make('Émile'), make('room 10'), make('room 9'), make('far', { isMember: false }), ...dms]);
    expect(groups).toEqual({ channels: ['Émile', 'room 9', 'room 10', 'zebra'], dms: [dms[1]?.id, dms[0]?.id] });
  });

  test('has each active incident, the worst first, and few resolved ones', () => {
    const incident = (name: string, given: Partial<Stream>): Stream => make(name, { streamType: 'incident', severity: 'sev3', ...given });
    const over = [1, 2, 3, 4, 5].map((n) => incident(`over ${n}`, { status: 'resolved', lastEventAt: at(n) }));
    const groups = shown([
      incident('small', { severity: 'sev4' }),
      incident('mine', { lastEventAt: at(9) }),
      incident('theirs', { isMember: false, severity: 'sev1' }),
      incident('over and not mine', { status: 'resolved', isMember: false }),
      ...over,
      incident('over, with news', { status: 'resolved', unreadCount: 1, lastEventAt: at(0) }),
    ]);
    expect(groups).toEqual({ incidents: ['theirs', 'mine', 'small', 'over 5', 'over 4', 'over 3', 'over, with news'] });
  });

  test('has the threads with news, and the latest others', () => {
    const thread = (name: string, given: Partial<Stream>): Stream => make(name, { streamType: 'thread', visibility: 'inherit', ...given });
    const quiet = [1, 2, 3, 4].map((n) => thread(`quiet ${n}`, { lastEventAt: at(n) }));
    const groups = shown([...quiet, thread('news', { unreadCount: 1, lastEventAt: at(0) }), thread('not followed', { isMember: false })]);
    expect(groups).toEqual({ threads: ['news', 'quiet 4', 'quiet 3', 'quiet 2'] });
  });

  test('lists the open stream, joined or not', () => {
    const open = make('open', { isMember: false });
    const thread = make('beside', { isMember: false, streamType: 'thread' });
    const groups = shown([make('mine'), open, thread], '', { streamId: open.id, thread: thread.id });
    expect(groups).toEqual({ channels: ['mine', 'open'], threads: ['beside'] });
  });

  test('searches all streams but archived ones, and separates those that are not joined', () => {
    const groups = shown(
      [
        make('release'),
        make('release notes', { isMember: false }),
        make('release 1', { archivedAt: at(0), status: 'archived' }),
        make('other'),
      ],
      'release',
    );
    expect(groups).toEqual({ channels: ['release'], others: ['release notes'] });
  });
});
