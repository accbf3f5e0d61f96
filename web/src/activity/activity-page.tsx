import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react';
import { Button, Loader } from '@mantine/core';
import { Bell, CheckCheck } from 'lucide-react';
import type { Notification } from '../../../contract/notification.ts';
import { sentenceOf } from '../ui/problem-words.ts';
import { noticeOf } from '../workspace/stream-actions.ts';
import { useStreamList, useWorkspace } from '../workspace/workspace-context.ts';
import { Empty } from '../ui/empty.tsx';
import { moveAmongLinks } from '../ui/move-among-links.ts';
import { PageHeader } from '../ui/page-header.tsx';
import { usePages, type Pages } from '../ui/use-pages.ts';
import { ActivityItem } from './activity-item.tsx';
import classes from './activity-page.module.css';

/** The notifications of a member: mentions of them, and streams they were added to. */
export function ActivityPage({ menu }: { menu: ReactNode }) {
  const [isUnreadOnly, setUnreadOnly] = useState(false);
  const pages = useNotifications(isUnreadOnly);
  const { items, loading, problem, hasMore, more } = pages;
  const { unreadNotifications } = useStreamList();
  const { open, markAll } = useMarking(pages);
  const filter = (label: string, isOn: boolean): ReactNode => (
    <Button
      size="compact-sm"
      variant={isOn === isUnreadOnly ? 'light' : 'subtle'}
      color="gray"
      aria-pressed={isOn === isUnreadOnly}
      onClick={() => setUnreadOnly(isOn)}
    >
      {label}
    </Button>
  );
  return (
    <>
      <PageHeader menu={menu} title="Activity">
        {filter('All', false)}
        {filter('Unread', true)}
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<CheckCheck size={15} aria-hidden="true" />}
          disabled={unreadNotifications === 0}
          onClick={markAll}
        >
          Mark all as read
        </Button>
      </PageHeader>
      <div className={classes.scroller}>
        {items.length > 0 && (
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the arrows move among the links inside
          <ul className={classes.list} aria-label="Activity" aria-busy={loading} onKeyDown={moveAmongLinks}>
            {items.map((notification) => (
              <ActivityItem key={notification.id} notification={notification} onOpen={open} />
            ))}
          </ul>
        )}
        {!loading && !problem && items.length === 0 && <EmptyActivity isUnreadOnly={isUnreadOnly} />}
        <output className={classes.foot}>
          {loading && items.length === 0 && <Loader size="sm" aria-label="Loading" />}
          {problem && <span>{sentenceOf(problem)}</span>}
          {!loading && (hasMore || problem) && (
            <Button size="compact-sm" variant="default" onClick={more}>
              {problem ? 'Try again' : 'Show more'}
            </Button>
          )}
        </output>
      </div>
    </>
  );
}

function EmptyActivity({ isUnreadOnly }: { isUnreadOnly: boolean }) {
  return (
    <Empty icon={<Bell size={22} />} title={isUnreadOnly ? 'You have read everything' : 'Nothing yet'}>
      <p>When somebody mentions you or adds you to a stream, it stands here.</p>
    </Empty>
  );
}

/** Lists notifications, and reloads them when one arrives, is read on another device or is deleted, and after a lost connection. */
function useNotifications(isUnreadOnly: boolean): Pages<Notification> {
  const { streambed, workspaceId, list } = useWorkspace();
  const { state } = useStreamList();
  const load = useCallback(
    (cursor: string | undefined, signal: AbortSignal) =>
      streambed.workspace(workspaceId).notifications.list({ ...(isUnreadOnly && { unread: 'true' }), cursor, limit: 50 }, { signal }),
    [streambed, workspaceId, isUnreadOnly],
  );
  const pages = usePages(load);
  const { reload } = pages;
  useEffect(() => list.watchNotifications(reload), [list, reload]);
  const known = useRef(state);
  useEffect(() => {
    if (state === 'live' && known.current !== 'live') reload();
    known.current = state;
  }, [state, reload]);
  return pages;
}

function useMarking({ items, change, reload }: Pages<Notification>) {
  const { streambed, workspaceId, pageActions, tell } = useWorkspace();
  const { notifications } = streambed.workspace(workspaceId);
  const show = (isRead: (one: Notification) => boolean): void => {
    const readAt = new Date().toISOString();
    change((all) => all.map((one) => (one.readAt === null && isRead(one) ? { ...one, readAt } : one)));
  };
  const fail = (error: unknown): void => {
    tell(noticeOf(error));
    reload();
  };
  const open = (notification: Notification): void => {
    const { id, readAt, streamId, seq } = notification;
    if (readAt === null) {
      show((one) => one.id === id);
      notifications.markRead({ ids: [id] }).catch(fail);
    }
    pageActions.openEvent(streamId, seq);
  };
  const markAll = (): void => {
    const [newest] = items;
    if (!newest) return;
    show(() => true);
    notifications.markRead({ upTo: newest.id }).catch(fail);
  };
  return { open, markAll };
}
