import { useEffect } from 'react';
import { countLabel, type Badge } from '../workspace/badges.ts';

/** The icon of the tab: a number for notifications, a dot for other unread messages. */
export function useFavicon({ count, isUnread }: Pick<Badge, 'count' | 'isUnread'>): void {
  const href = faviconOf(count, isUnread);
  useEffect(() => {
    const link = document.querySelector<HTMLLinkElement>('link[rel=icon]');
    if (link) link.href = href;
  }, [href]);
}

const mark =
  '<rect width="32" height="32" rx="8" fill="#126d63"/><g fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round">' +
  '<path d="M6 10.5c3.3-3 6.7-3 10 0s6.7 3 10 0"/><path d="M6 17c3.3-3 6.7-3 10 0s6.7 3 10 0" stroke-opacity=".72"/></g>';

/** The address of the icon: a file for the plain one, a drawn image for the others. */
export function faviconOf(count: number, isUnread: boolean): string {
  if (count === 0 && !isUnread) return '/favicon.svg';
  const sign =
    count === 0
      ? '<circle cx="24.5" cy="24.5" r="6" fill="#f3c77a" stroke="#126d63" stroke-width="2"/>'
      : `<rect x="${count > 9 ? 8 : 14}" y="14" width="${count > 9 ? 24 : 18}" height="18" rx="7" fill="#b3261e"/>` +
        `<text x="${count > 9 ? 20 : 23}" y="28" font-family="sans-serif" font-size="${count > 99 ? 11 : 14}" font-weight="700" fill="#fff" text-anchor="middle">${countLabel(count)}</text>`;
  return `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${mark}${sign}</svg>`)}`;
}
