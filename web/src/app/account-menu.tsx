import { Menu, UnstyledButton, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { Check, ChevronsUpDown, Keyboard, LogOut, Monitor, Moon, Sun } from 'lucide-react';
import { useStreamList, useWorkspace } from '../streams/workspace-context.ts';
import { Avatar } from '../ui/avatar.tsx';
import classes from './account-menu.module.css';

const schemes: { value: MantineColorScheme; label: string; icon: typeof Sun }[] = [
  { value: 'light', label: 'Light', icon: Sun },
  { value: 'dark', label: 'Dark', icon: Moon },
  { value: 'auto', label: 'Same as the system', icon: Monitor },
];

/** The foot of the sidebar: who is signed in, and what concerns them only. */
export function AccountMenu({ onShortcuts }: { onShortcuts: () => void }) {
  const { me, signOut } = useWorkspace();
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
          <Menu.Label>Colours</Menu.Label>
          {schemes.map(({ value, label, icon: Icon }) => (
            <Menu.Item
              key={value}
              role="menuitemradio"
              aria-checked={value === colorScheme}
              leftSection={<Icon size={15} aria-hidden="true" />}
              rightSection={value === colorScheme ? <Check size={15} aria-hidden="true" /> : null}
              onClick={() => setColorScheme(value)}
            >
              {label}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item leftSection={<Keyboard size={15} aria-hidden="true" />} onClick={onShortcuts}>
            Keyboard shortcuts
          </Menu.Item>
          <Menu.Item leftSection={<LogOut size={15} aria-hidden="true" />} onClick={() => signOut()}>
            Sign out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
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
