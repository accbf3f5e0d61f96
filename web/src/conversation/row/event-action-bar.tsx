import { useState, type ReactNode } from 'react';
import { Menu, Popover } from '@mantine/core';
import { Ellipsis, MessageSquareReply, Pencil, Share2, SmilePlus } from 'lucide-react';
import type { StreamEvent } from '../../../../contract/event.ts';
import { EmojiPicker } from '../../ui/emoji/emoji-picker.tsx';
import { EventMenu } from './event-menu.tsx';
import classes from './event-action-bar.module.css';
import { offersThread } from '../actions/branch.ts';
import { useRowContext } from '../actions/row-context.ts';
import { isEditable } from '../timeline/timeline.ts';
import { useWorkspace } from '../../workspace/workspace-context.ts';

interface Props {
  readonly event: StreamEvent;
  /** Only the row with the keyboard focus has its buttons in the tab order. */
  readonly isReachable: boolean;
  readonly isPicking: boolean;
}

/** The buttons of frequent actions on an event, and the menu with the others. */
export function EventActionBar({ event, isReachable, isPicking }: Props) {
  const { pageActions } = useWorkspace();
  const { me, rights, actions } = useRowContext();
  const [menu, setMenu] = useState(false);
  const tabIndex = isReachable ? 0 : -1;
  const button = (label: string, icon: ReactNode, onClick: () => void): ReactNode => (
    <button type="button" className={classes.button} aria-label={label} title={label} tabIndex={tabIndex} onClick={onClick}>
      {icon}
    </button>
  );
  return (
    <div className={classes.bar} data-open={menu || isPicking}>
      {rights.post && <ReactButton event={event} tabIndex={tabIndex} isPicking={isPicking} />}
      {offersThread(event, rights) && button('Reply in thread', <MessageSquareReply size={15} />, () => pageActions.openThread(event))}
      {button('Share', <Share2 size={15} />, () => pageActions.share(event))}
      {rights.post &&
        event.actorId === me.id &&
        isEditable(event) &&
        button('Edit message', <Pencil size={15} />, () => actions.onEdit(event.id))}
      <Menu opened={menu} onChange={setMenu} position="bottom-end" withinPortal keepMounted={false} returnFocus>
        <Menu.Target>
          <button type="button" className={classes.button} aria-label="More" title="More" tabIndex={tabIndex}>
            <Ellipsis size={15} />
          </button>
        </Menu.Target>
        <EventMenu event={event} />
      </Menu>
    </div>
  );
}

function ReactButton({ event, tabIndex, isPicking }: { event: StreamEvent; tabIndex: number; isPicking: boolean }) {
  const { actions } = useRowContext();
  const pick = (emoji: string): void => {
    actions.onPick(undefined);
    actions.onReact(event, emoji);
  };
  return (
    <Popover
      opened={isPicking}
      onChange={(opened) => actions.onPick(opened ? event.id : undefined)}
      position="bottom-end"
      trapFocus
      returnFocus
      withinPortal
      keepMounted={false}
    >
      <Popover.Target>
        <button
          type="button"
          className={classes.button}
          aria-label="React"
          title="React"
          tabIndex={tabIndex}
          onClick={() => actions.onPick(isPicking ? undefined : event.id)}
        >
          <SmilePlus size={15} />
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <EmojiPicker onPick={pick} />
      </Popover.Dropdown>
    </Popover>
  );
}
