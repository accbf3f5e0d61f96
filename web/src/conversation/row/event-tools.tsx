import { useState, type ReactNode } from 'react';
import { Menu, Popover } from '@mantine/core';
import { Ellipsis, MessageSquareReply, Pencil, Share2, SmilePlus } from 'lucide-react';
import type { StreamEvent } from '../../../../contract/event.ts';
import { EmojiPicker } from '../../ui/emoji/emoji-picker.tsx';
import { EventMenu } from './event-menu.tsx';
import classes from './event-tools.module.css';
import { useRowScene } from '../actions/row-scene.ts';
import { isEditable } from '../timeline/timeline.ts';
import { useWorkspace } from '../../workspace/workspace-context.ts';

interface Props {
  readonly event: StreamEvent;
  /** Only the row that the keyboard is on has its tools in the order of tabs. */
  readonly isReachable: boolean;
  readonly isPicking: boolean;
}

/** What can be done with an event. */
export function EventTools({ event, isReachable, isPicking }: Props) {
  const { intents } = useWorkspace();
  const { me, rights, actions } = useRowScene();
  const [menu, setMenu] = useState(false);
  const tabIndex = isReachable ? 0 : -1;
  const tool = (label: string, icon: ReactNode, onClick: () => void): ReactNode => (
    <button type="button" className={classes.tool} aria-label={label} title={label} tabIndex={tabIndex} onClick={onClick}>
      {icon}
    </button>
  );
  return (
    <div className={classes.tools} data-open={menu || isPicking}>
      {rights.post && <ReactTool event={event} tabIndex={tabIndex} isPicking={isPicking} />}
      {(rights.reply || event.thread) && tool('Reply in thread', <MessageSquareReply size={15} />, () => intents.openThread(event))}
      {tool('Share', <Share2 size={15} />, () => intents.share(event))}
      {rights.post &&
        event.actorId === me.id &&
        isEditable(event) &&
        tool('Edit message', <Pencil size={15} />, () => actions.onEdit(event.id))}
      <Menu opened={menu} onChange={setMenu} position="bottom-end" withinPortal keepMounted={false} returnFocus>
        <Menu.Target>
          <button type="button" className={classes.tool} aria-label="More" title="More" tabIndex={tabIndex}>
            <Ellipsis size={15} />
          </button>
        </Menu.Target>
        <EventMenu event={event} />
      </Menu>
    </div>
  );
}

function ReactTool({ event, tabIndex, isPicking }: { event: StreamEvent; tabIndex: number; isPicking: boolean }) {
  const { actions } = useRowScene();
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
          className={classes.tool}
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
