import { useEffect } from 'react';
import { ActionIcon, Drawer, Kbd } from '@mantine/core';
import { useDisclosure, useHotkeys, useMediaQuery } from '@mantine/hooks';
import { Menu as MenuIcon, MessagesSquare } from 'lucide-react';
import { bannerOf, type Banner } from '../streams/connection.ts';
import { ConnectionBanner } from '../streams/connection-banner.tsx';
import { CreateStreamDialog } from '../streams/create-stream-dialog.tsx';
import { JumpDialog } from '../streams/jump-dialog.tsx';
import { Sidebar } from '../streams/sidebar.tsx';
import { StreamPage } from '../streams/stream-page.tsx';
import { useStreamList, useWorkspace } from '../streams/workspace-context.ts';
import { Empty } from '../ui/empty.tsx';
import { AccountMenu } from './account-menu.tsx';
import { Brand } from './brand.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { modKey } from './mod-key.ts';
import classes from './shell.module.css';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';

const expiredBanner: Banner = {
  tone: 'error',
  text: 'Your token has expired. Your drafts are kept; sign in again to go on.',
  afterMs: 0,
  action: 'sign-in',
};

/** The frame of a signed-in page: the list of streams beside the stream, or on a phone one or the other. */
export function Shell({ workspaceName, expired }: { workspaceName: string; expired: boolean }) {
  const isNarrow = useMediaQuery('(max-width: 47.99em)', matchMedia('(max-width: 47.99em)').matches);
  const [creating, create] = useDisclosure();
  const [jumping, jump] = useDisclosure();
  const [helping, help] = useDisclosure();
  const [drawer, setDrawer] = useDisclosure();
  const { place } = useWorkspace();
  const { state, problem, offlineSince } = useStreamList();
  useHotkeys([['mod+K', jump.toggle]], []);
  const banner = expired ? expiredBanner : bannerOf({ state, problem: state === 'live' ? undefined : problem, offlineSince });
  const sidebar = (
    <Sidebar
      head={<Brand workspaceName={workspaceName} onJump={jump.open} />}
      foot={<AccountMenu onShortcuts={help.open} />}
      onCreate={create.open}
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
            <Page banner={banner} menu={isNarrow ? <MenuButton onClick={setDrawer.open} /> : null} />
          )}
        </ErrorBoundary>
      </main>
      {isNarrow && (
        <Drawer
          opened={drawer}
          onClose={setDrawer.close}
          size="19rem"
          padding={0}
          withCloseButton={false}
          attributes={{ content: { 'aria-label': 'Streams' } }}
        >
          <div className={classes.drawer}>{sidebar}</div>
        </Drawer>
      )}
      <CreateStreamDialog opened={creating} onClose={create.close} />
      <JumpDialog opened={jumping} onClose={jump.close} />
      <ShortcutsDialog opened={helping} onClose={help.close} />
    </div>
  );
}

function MenuButton({ onClick }: { onClick: () => void }) {
  return (
    <ActionIcon variant="subtle" color="gray" size={36} aria-label="Show the streams" onClick={onClick}>
      <MenuIcon size={20} />
    </ActionIcon>
  );
}

function Page({ banner, menu }: { banner: Banner | undefined; menu: React.ReactNode }) {
  const { place } = useWorkspace();
  if (place.kind === 'stream') return <StreamPage key={place.streamId} streamId={place.streamId} banner={banner} menu={menu} />;
  return (
    <>
      <ConnectionBanner banner={banner} />
      {menu && <div className={classes.bar}>{menu}</div>}
      {place.kind === 'home' ? <Home /> : <NowhereKnown text={place.text} />}
    </>
  );
}

function Home() {
  useTitle('Streambed');
  return (
    <Empty icon={<MessagesSquare size={22} />} title="Pick a stream" level={1}>
      <p>
        Choose one on the left, or press <Kbd>{modKey} K</Kbd> and type its name.
      </p>
    </Empty>
  );
}

function NowhereKnown({ text }: { text: string }) {
  useTitle('Streambed');
  return (
    <Empty title="This address leads nowhere" level={1}>
      <p>
        There is no place called <code>{text}</code> here. Pick a stream instead.
      </p>
    </Empty>
  );
}

function useTitle(title: string): void {
  useEffect(() => {
    document.title = title;
  }, [title]);
}
