import { useCallback, useState } from 'react';
import { ActionIcon, Button, Checkbox, Loader, TextInput } from '@mantine/core';
import { X } from 'lucide-react';
import type { NotificationDefaults, NotificationSettings } from '../../../contract/notification-settings.ts';
import type { PushDevice } from '../../../contract/push.ts';
import { ChoiceCards } from '../ui/choice-cards.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { DialogForm } from '../ui/dialog-form.tsx';
import { sentenceOf } from '../ui/problem-words.ts';
import { useRequest } from '../ui/use-request.ts';
import { useTask } from '../ui/use-task.ts';
import { useStreamList, useWorkspace } from '../workspace/workspace-context.ts';
import { readPushState, turnOff, turnOn, type PushState } from './device-push.ts';
import classes from './notifications-dialog.module.css';

interface Props {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** The member's settings of notifications: this browser, other devices, what, when, and by mail. */
export function NotificationsDialog({ opened, onClose }: Props) {
  return (
    <Dialog opened={opened} onClose={onClose} title="Notifications">
      {opened && <Content onClose={onClose} />}
    </Dialog>
  );
}

function Content({ onClose }: Pick<Props, 'onClose'>) {
  const { streambed, workspaceId } = useWorkspace();
  const read = useCallback(
    async (signal: AbortSignal) => {
      const { kit, notifications } = streambed.workspace(workspaceId);
      const [state, { items }, settings, defaults] = await Promise.all([
        readPushState(kit),
        kit.subscriptions({ signal }),
        notifications.readSettings({ signal }),
        notifications.readDefaults({ signal }),
      ]);
      return { state, devices: items, settings, defaults };
    },
    [streambed, workspaceId],
  );
  const { value, problem } = useRequest(read);
  if (problem) return <p className={classes.note}>{sentenceOf(problem)}</p>;
  if (!value) return <Loader size="sm" aria-label="Loading" />;
  return (
    <>
      <ThisBrowser before={value.state} />
      <Devices before={value.devices} />
      <SettingsForm before={value.settings} defaults={value.defaults} onClose={onClose} />
    </>
  );
}

const stateWords: Readonly<Record<PushState, string>> = {
  on: 'This browser tells you of mentions, direct messages and replies while you are not here.',
  off: 'This browser can tell you of mentions, direct messages and replies while you are not here, even when the page is closed. It will ask you for the permission.',
  blocked: 'This browser was told to show no notifications of this page. Allow them in its settings for the page, then come back.',
  missing: 'This browser, or this server, has no notifications. On an iPhone or iPad, add the page to the home screen first.',
};

function ThisBrowser({ before }: { before: PushState }) {
  const { streambed, workspaceId } = useWorkspace();
  const { kit } = streambed.workspace(workspaceId);
  const [state, setState] = useState(before);
  const { busy, problem, run } = useTask();
  const change = (): void =>
    void run(async () => {
      if (state === 'on') await turnOff(kit);
      setState(state === 'on' ? 'off' : await turnOn(kit));
    });
  return (
    <section className={classes.browser} aria-label="This browser">
      <p className={classes.note}>{stateWords[state]}</p>
      {(state === 'on' || state === 'off') && (
        <Button size="xs" variant={state === 'on' ? 'default' : 'filled'} loading={busy} onClick={change}>
          {state === 'on' ? 'Turn off here' : 'Turn on here'}
        </Button>
      )}
      {problem && (
        <p role="alert" className={classes.problem}>
          {sentenceOf(problem)}
        </p>
      )}
    </section>
  );
}

function Devices({ before }: { before: readonly PushDevice[] }) {
  const { streambed, workspaceId } = useWorkspace();
  const [devices, setDevices] = useState(before);
  const { busy, problem, run } = useTask();
  const remove = ({ id }: PushDevice): void =>
    void run(async () => {
      await streambed.workspace(workspaceId).kit.deleteSubscription(id);
      setDevices((now) => now.filter((device) => device.id !== id));
    });
  if (devices.length === 0) return null;
  return (
    <section aria-label="Devices">
      <h3 className={classes.head}>Devices that get them</h3>
      <ul className={classes.devices}>
        {devices.map((device) => (
          <li key={device.id}>
            <bdi>{device.device ?? 'A device'}</bdi>
            <ActionIcon
              size="sm"
              variant="subtle"
              color="gray"
              disabled={busy}
              aria-label={`Stop notifications to ${device.device ?? 'a device'}`}
              onClick={() => remove(device)}
            >
              <X size={14} />
            </ActionIcon>
          </li>
        ))}
      </ul>
      {problem && (
        <p role="alert" className={classes.problem}>
          {sentenceOf(problem)}
        </p>
      )}
    </section>
  );
}

const levels = [
  { value: 'default', label: 'What concerns you', note: 'Mentions, direct messages, replies in threads you follow' },
  { value: 'all', label: 'Everything', note: 'Each message in your streams' },
  { value: 'none', label: 'Nothing', note: 'Only streams that you set otherwise' },
] as const;
const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

function SettingsForm({
  before,
  defaults,
  onClose,
}: {
  before: NotificationSettings;
  defaults: NotificationDefaults;
  onClose: () => void;
}) {
  const { streambed, workspaceId } = useWorkspace();
  const { notifications } = streambed.workspace(workspaceId);
  const { me } = useStreamList();
  const isManager = me?.role === 'owner' || me?.role === 'admin';
  const [settings, setSettings] = useState(before);
  const [showText, setShowText] = useState(defaults.showText);
  const { busy, problem, run } = useTask();
  const change = (part: Partial<NotificationSettings>): void => setSettings((now) => ({ ...now, ...part }));
  const save = async (): Promise<void> => {
    const isSaved = await run(async () => {
      await notifications.putSettings(settings);
      if (isManager && showText !== defaults.showText) await notifications.putDefaults({ ...defaults, showText });
    });
    if (isSaved) onClose();
  };
  return (
    <DialogForm submit="Save" busy={busy} error={problem && sentenceOf(problem)} onSubmit={() => void save()} onCancel={onClose}>
      <ChoiceCards
        legend="What you are told of"
        name="notification-level"
        choices={levels}
        value={settings.level ?? defaults.level}
        onChange={(level) => change({ level })}
      />
      <QuietHoursFields settings={settings} change={change} />
      <Checkbox
        label="Incidents that are opened, reopened or become more severe"
        checked={settings.incidents}
        onChange={(event) => change({ incidents: event.currentTarget.checked })}
      />
      <Checkbox
        label="Mail me unread mentions where no device tells me"
        checked={settings.email}
        onChange={(event) => change({ email: event.currentTarget.checked })}
      />
      {isManager && (
        <Checkbox
          label="For everybody in the workspace: notifications and mails hold the text of messages"
          checked={showText}
          onChange={(event) => setShowText(event.currentTarget.checked)}
        />
      )}
    </DialogForm>
  );
}

function QuietHoursFields({ settings, change }: { settings: NotificationSettings; change: (part: Partial<NotificationSettings>) => void }) {
  const { quietHours } = settings;
  return (
    <>
      <Checkbox
        label="Quiet hours"
        checked={quietHours !== null}
        onChange={(event) =>
          change({ quietHours: event.currentTarget.checked ? { from: '22:00', to: '07:00', timeZone: ownZone() } : null })
        }
      />
      {quietHours && (
        <div className={classes.hours}>
          <TextInput
            type="time"
            required
            label="From"
            value={quietHours.from}
            onChange={(event) => change({ quietHours: { ...quietHours, from: event.currentTarget.value } })}
          />
          <TextInput
            type="time"
            required
            label="To"
            value={quietHours.to}
            onChange={(event) => change({ quietHours: { ...quietHours, to: event.currentTarget.value } })}
          />
          <p className={classes.note}>
            {quietHours.timeZone}
            {quietHours.timeZone !== ownZone() && (
              <button type="button" className={classes.zone} onClick={() => change({ quietHours: { ...quietHours, timeZone: ownZone() } })}>
                Use {ownZone()}
              </button>
            )}
          </p>
        </div>
      )}
    </>
  );
}
