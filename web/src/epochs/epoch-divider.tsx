import { Menu } from '@mantine/core';
import { Ellipsis, GanttChart, Layers, Merge, Pencil } from 'lucide-react';
import type { Epoch } from '../../../contract/epoch.ts';
import classes from './epoch-divider.module.css';
import type { EpochStart } from './epoch-starts.ts';
import type { EpochActions } from './epoch-actions.ts';

interface Props {
  /** The label of a day that begins here as well; both share a line. */
  readonly day: string | undefined;
  readonly topic: EpochStart | undefined;
  /** Undefined where the conversation offers no actions on epochs. */
  readonly actions: EpochActions | undefined;
  /** The reader may correct epochs. */
  readonly mayCurate: boolean;
  /** Only the row with the keyboard focus has its buttons in the tab order. */
  readonly isReachable: boolean;
}

/** The line above a message where a day or an epoch begins. */
export function EpochDivider({ day, topic, actions, mayCurate, isReachable }: Props) {
  return (
    <div className={classes.divider} data-topic={topic !== undefined}>
      {day !== undefined && <h2 className={classes.day}>{day}</h2>}
      {topic && (
        <>
          <h3 className={classes.topic}>
            <Layers size={12} aria-hidden="true" />
            <span className="sb-hidden">Topic: </span>
            <bdi className={classes.label}>{topic.label}</bdi>
          </h3>
          {topic.reason !== undefined && <span className={classes.reason}>{topic.reason}</span>}
          {topic.epoch && actions && <EpochMenu {...{ topic, actions, mayCurate, isReachable }} epoch={topic.epoch} />}
        </>
      )}
    </div>
  );
}

interface MenuProps extends Pick<Props, 'mayCurate' | 'isReachable'> {
  readonly epoch: Epoch;
  readonly topic: EpochStart;
  readonly actions: EpochActions;
}

function EpochMenu({ epoch, topic, actions, mayCurate, isReachable }: MenuProps) {
  const icon = { size: 15, 'aria-hidden': true } as const;
  const name = `More about the topic ${topic.label}`;
  return (
    <Menu position="bottom-end" width={240} shadow="md" withinPortal keepMounted={false} returnFocus>
      <Menu.Target>
        <button type="button" className={classes.more} aria-label={name} title="More" tabIndex={isReachable ? 0 : -1}>
          <Ellipsis size={14} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {mayCurate && (
          <Menu.Item leftSection={<Pencil {...icon} />} onClick={() => actions.rename(epoch)}>
            Rename…
          </Menu.Item>
        )}
        {mayCurate && topic.canMerge && (
          <Menu.Item leftSection={<Merge {...icon} />} onClick={() => actions.merge(epoch)}>
            Merge with the topic above
          </Menu.Item>
        )}
        <Menu.Item leftSection={<GanttChart {...icon} />} onClick={actions.showTimeline}>
          Show all topics
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
