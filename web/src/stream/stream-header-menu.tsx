import { ActionIcon, Menu } from '@mantine/core';
import { Archive, ArchiveRestore, EllipsisVertical, Link, LogOut, Pin, Rocket, Settings, UserPlus } from 'lucide-react';
import type { NotifyLevel, Stream } from '../../../contract/stream.ts';
import { MenuChoices } from '../ui/menu-choices.tsx';
import { writePlace } from '../workspace/place.ts';
import { changeStatus, noticeOf } from '../workspace/stream-actions.ts';
import type { StreamRights } from '../workspace/stream-rights.ts';
import { useWorkspace } from '../workspace/workspace-context.ts';

const levels: readonly { readonly value: NotifyLevel; readonly label: string }[] = [
  { value: 'all', label: 'Everything, told of all of it' },
  { value: 'default', label: 'Everything, told of mentions' },
  { value: 'mentions', label: 'Mentions only' },
  { value: 'none', label: 'Muted' },
];

/** The menu of actions on a stream. */
export function StreamMenu({ stream, rights }: { stream: Stream; rights: StreamRights }) {
  const { pageActions } = useWorkspace();
  const { id } = stream;
  const actions = useMenuActions(stream);
  const isThread = stream.streamType === 'thread';
  return (
    <Menu position="bottom-end" width={250} shadow="md">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={32} aria-label="More about this stream">
          <EllipsisVertical size={17} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {rights.promote && (
          <Menu.Item leftSection={<Rocket size={15} aria-hidden="true" />} onClick={() => pageActions.promote(id)}>
            Promote…
          </Menu.Item>
        )}
        {rights.invite && (
          <Menu.Item leftSection={<UserPlus size={15} aria-hidden="true" />} onClick={() => pageActions.invite(id)}>
            Add people…
          </Menu.Item>
        )}
        <Menu.Item leftSection={<Settings size={15} aria-hidden="true" />} onClick={() => pageActions.changeSettings(id)}>
          Settings…
        </Menu.Item>
        <Menu.Item leftSection={<Pin size={15} aria-hidden="true" />} onClick={() => pageActions.showPins(id)}>
          Pinned messages
        </Menu.Item>
        <Menu.Item leftSection={<Link size={15} aria-hidden="true" />} onClick={actions.copyLink}>
          Copy link
        </Menu.Item>
        {stream.isMember && <NotifyLevels stream={stream} onPick={actions.setLevel} />}
        {(rights.leave || rights.archive) && <Menu.Divider />}
        {rights.leave && (
          <Menu.Item leftSection={<LogOut size={15} aria-hidden="true" />} onClick={() => pageActions.leave(id)}>
            {isThread ? 'Stop following' : 'Leave'}
          </Menu.Item>
        )}
        {rights.archive && stream.archivedAt === null && (
          <Menu.Item leftSection={<Archive size={15} aria-hidden="true" />} onClick={() => pageActions.archive(id)}>
            Archive
          </Menu.Item>
        )}
        {rights.archive && stream.archivedAt !== null && (
          <Menu.Item leftSection={<ArchiveRestore size={15} aria-hidden="true" />} onClick={actions.bringBack}>
            Bring back
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function NotifyLevels({ stream, onPick }: { stream: Stream; onPick: (level: NotifyLevel) => void }) {
  return (
    <>
      <Menu.Divider />
      <MenuChoices label="Badges and activity" choices={levels} value={stream.notifyLevel} onPick={onPick} />
    </>
  );
}

function useMenuActions(stream: Stream) {
  const workspace = useWorkspace();
  const { streambed, workspaceId, me, list, tell } = workspace;
  const attempt = (action: () => Promise<unknown>) => (): void => void action().catch((error: unknown) => tell(noticeOf(error)));
  return {
    copyLink: attempt(async () => {
      const search = writePlace({ kind: 'stream', streamId: stream.id }, '');
      await navigator.clipboard.writeText(`${location.origin}${location.pathname}${search}`);
      tell({ text: 'The link is copied.' });
    }),
    setLevel: (notifyLevel: NotifyLevel) =>
      attempt(async () => {
        const { streams } = streambed.workspace(workspaceId);
        await list.put(streams.updateMember(stream.id, me.id, { notifyLevel }).then(() => ({ ...stream, notifyLevel })));
      })(),
    bringBack: attempt(() => list.put(changeStatus(workspace, stream.id, 'active'))),
  };
}
