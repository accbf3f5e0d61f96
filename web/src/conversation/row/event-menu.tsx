import { Menu } from '@mantine/core';
import { Copy, History, Layers, Link2, MailOpen, Pin, PinOff, Trash2 } from 'lucide-react';
import type { StreamEvent } from '../../../../contract/event.ts';
import { useRowContext } from '../actions/row-context.ts';
import { noticeOf } from '../../workspace/stream-actions.ts';
import { writePlace } from '../../workspace/place.ts';
import { useWorkspace } from '../../workspace/workspace-context.ts';

/** The menu of less frequent actions on an event. */
export function EventMenu({ event }: { event: StreamEvent }) {
  const { pageActions, tell } = useWorkspace();
  const { me, rights, actions, stream, epochActions } = useRowContext();
  const text = event.content?.text ?? event.poll?.question;
  const copy = (what: string, said: string): void => {
    navigator.clipboard.writeText(what).then(
      () => tell({ text: said }),
      (error: unknown) => tell(noticeOf(error)),
    );
  };
  const isPinned = event.pinnedAt !== null;
  const mayDelete = rights.post && (event.actorId === me.id || rights.moderate);
  const icon = { size: 15, 'aria-hidden': true } as const;
  return (
    <Menu.Dropdown>
      {rights.pin && (
        <Menu.Item leftSection={isPinned ? <PinOff {...icon} /> : <Pin {...icon} />} onClick={() => actions.onPin(event)}>
          {isPinned ? 'Unpin' : 'Pin to this stream'}
        </Menu.Item>
      )}
      {stream?.isMember && (
        <Menu.Item leftSection={<MailOpen {...icon} />} onClick={() => pageActions.markUnread(event)}>
          Mark unread from here
        </Menu.Item>
      )}
      {rights.curate && epochActions?.canSplitAt(event) && (
        <Menu.Item leftSection={<Layers {...icon} />} onClick={() => epochActions.splitAt(event)}>
          Begin a new topic here
        </Menu.Item>
      )}
      {text !== undefined && (
        <Menu.Item leftSection={<Copy {...icon} />} onClick={() => copy(text, 'Copied.')}>
          Copy text
        </Menu.Item>
      )}
      <Menu.Item leftSection={<Link2 {...icon} />} onClick={() => copy(linkTo(event), 'The link is copied.')}>
        Copy link
      </Menu.Item>
      {event.editedAt !== null && (event.actorId === me.id || rights.readVersions) && (
        <Menu.Item leftSection={<History {...icon} />} onClick={() => actions.onShowVersions(event)}>
          Show what it said before
        </Menu.Item>
      )}
      {mayDelete && (
        <>
          <Menu.Divider />
          <Menu.Item color="danger" leftSection={<Trash2 {...icon} />} onClick={() => actions.onDelete(event)}>
            Delete message
          </Menu.Item>
        </>
      )}
    </Menu.Dropdown>
  );
}

/** The address of an event, for members who can read its stream. */
const linkTo = ({ streamId, seq }: StreamEvent): string =>
  location.origin + location.pathname + writePlace({ kind: 'stream', streamId, at: seq }, '');
