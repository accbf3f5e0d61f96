import { ActionIcon, Drawer, Kbd } from '@mantine/core';
import { useDisclosure, useHotkeys, useMediaQuery } from '@mantine/hooks';
import { Menu as MenuIcon, MessagesSquare } from 'lucide-react';
import { ActivityPage } from '../activity/activity-page.tsx';
import { SearchPage } from '../search/search-page.tsx';
import { bannerOf, type Banner } from '../workspace/connection.ts';
import { ConnectionBanner } from '../workspace/connection-banner.tsx';
import { CreateStreamDialog } from '../stream/create-stream-dialog.tsx';
import { JumpDialog } from '../sidebar/jump-dialog.tsx';
import { Sidebar } from '../sidebar/sidebar.tsx';
import { BrowseDialog } from '../sidebar/sidebar-browse-dialog.tsx';
import { totalBadge } from '../workspace/badges.ts';
import { StreamPage } from './stream-page.tsx';
import { useUnseenTitle } from '../workspace/use-unseen-title.ts';
import { useStreamList, useWorkspace } from '../workspace/workspace-context.ts';
import { Empty } from '../ui/empty.tsx';
import { AccountMenu } from './account-menu.tsx';
import { NotificationsDialog } from '../notifications/notifications-dialog.tsx';
import { useNotifications } from '../notifications/use-notifications.ts';
import { Brand } from './brand.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { modKey } from '../ui/mod-key.ts';
import { useMenuDialog } from '../ui/opener.ts';
import classes from './shell.module.css';
import { SidebarLinks } from './sidebar-links.tsx';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';
import { useFavicon } from './use-favicon.ts';

const expiredBanner: Banner = {
  tone: 'error',
  text: 'Your token has expired. Your drafts are kept; sign in again to go on.',
  afterMs: 0,
  action: 'sign-in',
};

/** The frame of a signed-in page: the list of streams beside the stream, or on a phone one of the two. */
export function Shell({ workspaceName, expired }: { workspaceName: string; expired: boolean }) {
  const isNarrow = useMediaQuery('(max-width: 47.99em)', matchMedia('(max-width: 47.99em)').matches);
  const [creating, create] = useDisclosure();
  const [browsing, browse] = useDisclosure();
  const [jumping, jump] = useDisclosure();
  const help = useMenuDialog();
  const notifications = useMenuDialog();
  const [drawer, setDrawer] = useDisclosure();
  const { place } = useWorkspace();
  const { state, problem, offlineSince, streams } = useStreamList();
  useHotkeys([['mod+K', jump.toggle]], []);
  useFavicon(totalBadge(streams));
  useNotifications();
  const banner = expired ? expiredBanner : bannerOf({ state, problem: state === 'live' ? undefined : problem, offlineSince });
  const sidebar = (
    <Sidebar
      head={<Brand workspaceName={workspaceName} onJump={jump.open} />}
      foot={<AccountMenu onShortcuts={help.open} onNotifications={notifications.open} />}
      links={<SidebarLinks onPicked={setDrawer.close} />}
      onCreate={create.open}
      onBrowse={browse.open}
      onPicked={setDrawer.close}
    />
  );
  const listIsPage = isNarrow && place.kind === 'home';
  return (
    <div className={classes.shell}>
      <a href="#content" className={classes.skip}>
        Skip to the stream
      </a>
      {!isNarrow && <aside className={classes.aside}>{sidebar}</aside>}
      <main id="content" tabIndex={-1} className={classes.main}>
        <ErrorBoundary place={location.search}>
          {listIsPage ? (
            <>
              <ConnectionBanner banner={banner} />
              <div className={classes.page}>{sidebar}</div>
            </>
          ) : (
            <Page banner={banner} isNarrow={isNarrow} menu={isNarrow ? <MenuButton onClick={setDrawer.open} /> : null} />
          )}
        </ErrorBoundary>
      </main>
      {isNarrow && (
        <StreamsDrawer
          opened={drawer}
          isCovered={creating || browsing || jumping || help.opened || notifications.opened}
          onClose={setDrawer.close}
        >
          {sidebar}
        </StreamsDrawer>
      )}
      <CreateStreamDialog opened={creating} onClose={create.close} />
      <BrowseDialog opened={browsing} onClose={browse.close} />
      <JumpDialog opened={jumping} onClose={jump.close} />
      <NotificationsDialog opened={notifications.opened} onClose={notifications.close} />
      <ShortcutsDialog opened={help.opened} onClose={help.close} />
    </div>
  );
}

interface DrawerProps {
  readonly opened: boolean;
  /** A dialog that was opened from the drawer stands over it: Escape closes one thing at a time. */
  readonly isCovered: boolean;
  readonly onClose: () => void;
  readonly children: React.ReactNode;
}

/** The list of streams over a narrow page. */
function StreamsDrawer({ opened, isCovered, onClose, children }: DrawerProps) {
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      closeOnEscape={!isCovered}
      size="19rem"
      padding={0}
      withCloseButton={false}
      attributes={{ content: { 'aria-label': 'Streams' } }}
    >
      <div className={classes.drawer}>{children}</div>
    </Drawer>
  );
}

function MenuButton({ onClick }: { onClick: () => void }) {
  return (
    <ActionIcon variant="subtle" color="gray" size={36} aria-label="Show the streams" onClick={onClick}>
      <MenuIcon size={20} />
    </ActionIcon>
  );
}

function Page({ banner, menu, isNarrow }: { banner: Banner | undefined; menu: React.ReactNode; isNarrow: boolean }) {
  const { place } = useWorkspace();
  if (place.kind === 'stream') return <StreamPage key={place.streamId} {...{ place, banner, menu, isNarrow }} />;
  return (
    <>
      {place.kind === 'activity' && <DocumentTitle title="Activity" />}
      {place.kind === 'search' && <DocumentTitle title="Search" />}
      <ConnectionBanner banner={banner} />
      {place.kind === 'activity' && <ActivityPage menu={menu} />}
      {place.kind === 'search' && <SearchPage place={place} menu={menu} />}
      {menu && (place.kind === 'home' || place.kind === 'unknown') && <div className={classes.bar}>{menu}</div>}
      {place.kind === 'home' && <Home />}
      {place.kind === 'unknown' && <UnknownPlace text={place.text} />}
    </>
  );
}

function Home() {
  return (
    <>
      <DocumentTitle title="Streambed" />
      <Empty icon={<MessagesSquare size={22} />} title="Pick a stream" level={1}>
        <p>
          Choose one on the left, or press <Kbd>{modKey} K</Kbd> and type its name.
        </p>
      </Empty>
    </>
  );
}

function UnknownPlace({ text }: { text: string }) {
  return (
    <>
      <DocumentTitle title="Streambed" />
      <Empty title="This address leads nowhere" level={1}>
        <p>
          There is no place called <code>{text}</code> here. Pick a stream instead.
        </p>
      </Empty>
    </>
  );
}

function DocumentTitle({ title }: { title: string }) {
  useUnseenTitle(title);
  return null;
}
