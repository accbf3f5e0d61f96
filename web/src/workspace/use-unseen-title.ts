import { useEffect } from 'react';
import { countLabel, totalBadge } from './badges.ts';
import { useStreamList } from './workspace-context.ts';

/** Sets the tab's title: the stream's name, with unseen messages of the open stream and notifications of all streams. */
export function useUnseenTitle(name: string, unseen = 0): void {
  const { streams } = useStreamList();
  const { count, isUnread } = totalBadge(streams);
  const shown = Math.max(unseen, count);
  const sign = shown > 0 ? `(${countLabel(shown)}) ` : isUnread ? '• ' : '';
  const title = name === 'Streambed' ? `${sign}Streambed` : `${sign}${name} · Streambed`;
  useEffect(() => {
    document.title = title;
  }, [title]);
}
