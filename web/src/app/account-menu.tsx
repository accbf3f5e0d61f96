import { Menu, UnstyledButton, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { Bell, ChevronsUpDown, Keyboard, LogOut, MonitorX } from 'lucide-react';
import { useStreamList, useWorkspace } from '../workspace/workspace-context.ts';
import { Avatar } from '../ui/avatar.tsx';
import { noticeOf } from '../workspace/stream-actions.ts';
import { MenuChoices } from '../ui/menu-choices.tsx';
import classes from './account-menu.module.css';

const schemes: { value: MantineColorScheme; label: string }[] = [
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
  { value: 'auto', label: 'Same as the system' },
];

/** The foot of the sidebar: the signed-in member and their own menu. */
export function AccountMenu({ onShortcuts, onNotifications }: { onShortcuts: () => void; onNotifications: () => void }) {
  const { me, signOut } = useWorkspace();
  const signOutEverywhere = useSignOutEverywhere();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <div className={classes.foot}>
      <Menu position="top-start" width={240} shadow="md">
        <Menu.Target>
          <UnstyledButton className={classes.account}>
            <Avatar id={me.id} name={me.name} size={30} />
            <span className="sb-hidden">Account: </span>
            <span className={classes.names}>
              <bdi className={classes.name}>{me.name}</bdi>
              <ConnectionState />
            </span>
            <ChevronsUpDown size={15} aria-hidden="true" />
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <MenuChoices label="Colours" choices={schemes} value={colorScheme} onPick={setColorScheme} />
          <Menu.Divider />
          <Menu.Item leftSection={<Bell size={15} aria-hidden="true" />} onClick={onNotifications}>
            Notifications
          </Menu.Item>
          <Menu.Item leftSection={<Keyboard size={15} aria-hidden="true" />} onClick={onShortcuts}>
            Keyboard shortcuts
          </Menu.Item>
          <Menu.Item leftSection={<LogOut size={15} aria-hidden="true" />} onClick={() => signOut()}>
            Sign out
          </Menu.Item>
          <Menu.Item leftSection={<MonitorX size={15} aria-hidden="true" />} onClick={signOutEverywhere}>
            Sign out on all devices
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

/** Ends all tokens of the member, then the session of this device. */
function useSignOutEverywhere(): () => void {
  const { streambed, workspaceId, me, signOut, tell } = useWorkspace();
  return () => {
    streambed
      .workspace(workspaceId)
      .members.signOut(me.id)
      .then(
        () => signOut('You are signed out on all devices.'),
        (error: unknown) => tell(noticeOf(error)),
      );
  };
}

const stateWords = { live: 'Live', connecting: 'Connecting', 'catching up': 'Catching up', offline: 'Offline' } as const;

function ConnectionState() {
  const { state } = useStreamList();
  return (
    <span className={classes.state} data-state={state}>
      {stateWords[state]}
    </span>
  );
}
