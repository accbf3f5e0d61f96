import { useEffect } from 'react';
import { countLabel, totalBadge } from './badges.ts';
import { useStreamList } from './workspace-context.ts';

/** The stream's name in the tab's title, with how much is new: what waits in the open stream, and what waits for the person anywhere. */
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
