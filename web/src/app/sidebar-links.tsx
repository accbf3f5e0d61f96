import { Bell, Search } from 'lucide-react';
import { PlaceLink } from '../workspace/place-link.tsx';
import { countLabel } from '../workspace/badges.ts';
import { useStreamList, useWorkspace } from '../workspace/workspace-context.ts';
import classes from './sidebar-links.module.css';

/** Links to the pages that are no streams. */
export function SidebarLinks({ onPicked }: { onPicked: () => void }) {
  const { place } = useWorkspace();
  const { unreadNotifications } = useStreamList();
  return (
    <nav aria-label="Places" className={classes.links}>
      <PlaceLink
        to={{ kind: 'activity' }}
        onGo={onPicked}
        className={classes.link}
        aria-current={place.kind === 'activity' ? 'page' : undefined}
        data-unread={unreadNotifications > 0}
      >
        <Bell size={15} aria-hidden="true" />
        <span>Activity</span>
        {unreadNotifications > 0 && (
          <b>
            {countLabel(unreadNotifications)} <span className="sb-hidden">unread</span>
          </b>
        )}
      </PlaceLink>
      <PlaceLink
        to={{ kind: 'search', query: '' }}
        onGo={onPicked}
        className={classes.link}
        aria-current={place.kind === 'search' ? 'page' : undefined}
      >
        <Search size={15} aria-hidden="true" />
        <span>Search</span>
      </PlaceLink>
    </nav>
  );
}
