import { ActionIcon, Menu } from '@mantine/core';
import { EllipsisVertical, LogOut, MessageCircle, UserMinus } from 'lucide-react';
import type { StreamMember, StreamRole } from '../../../contract/stream.ts';
import { Avatar } from '../ui/avatar.tsx';
import { MenuChoices } from '../ui/menu-choices.tsx';
import { useTask } from '../ui/use-task.ts';
import { sentenceOf } from '../ui/problem-words.ts';
import classes from './members-dialog.module.css';
import { PresenceDot } from '../workspace/presence/presence-dot.tsx';
import { useWorkspace } from '../workspace/workspace-context.ts';

interface Props {
  readonly member: StreamMember;
  readonly streamId: string;
  readonly mayManage: boolean;
  readonly onChanged: (member: StreamMember) => void;
  readonly onRemoved: () => void;
  /** Reports that the dialog led to another page. */
  readonly onLeave: () => void;
}

const roles: readonly { readonly value: StreamRole; readonly label: string }[] = [
  { value: 'owner', label: 'Owner' },
  { value: 'admin', label: 'Admin' },
  { value: 'member', label: 'Member' },
];

/** One member of a stream: name, role, and the menu of actions. */
export function MembersItem(props: Props) {
  const { member } = props;
  const { me } = useWorkspace();
  const { user, role, workspaceRole } = member;
  const { busy, problem, run } = useTask();
  return (
    <li className={classes.item} aria-busy={busy}>
      <Avatar id={user.id} name={user.name} size={30} />
      <div className={classes.words}>
        <bdi className={classes.name}>{user.name}</bdi> <PresenceDot userId={user.id} />
        {user.id === me.id && <span className={classes.soft}> (you)</span>}
        <div className={classes.soft}>
          @{user.id}
          {workspaceRole === 'guest' && ', guest'}
        </div>
        {problem && (
          <p role="alert" className={classes.problem}>
            {sentenceOf(problem)}
          </p>
        )}
      </div>
      {role !== 'member' && <span className={classes.tag}>{role === 'owner' ? 'Owner' : 'Admin'}</span>}
      <MemberMenu {...props} run={run} />
    </li>
  );
}

function MemberMenu({
  member,
  streamId,
  mayManage,
  onChanged,
  onRemoved,
  onLeave,
  run,
}: Props & { run: ReturnType<typeof useTask>['run'] }) {
  const { streambed, workspaceId, me, pageActions } = useWorkspace();
  const { user, role } = member;
  const { streams } = streambed.workspace(workspaceId);
  const isMe = user.id === me.id;
  if (!mayManage && isMe) return null;
  const setRole = (next: StreamRole): void =>
    void run(async () => onChanged(await streams.updateMember(streamId, user.id, { role: next })));
  const remove = async (): Promise<void> => {
    if (await run(() => streams.removeMember(streamId, user.id))) onRemoved();
  };
  const goTo = (go: () => void) => (): void => {
    onLeave();
    go();
  };
  return (
    <Menu position="bottom-end" width={200} shadow="md">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`What to do about ${user.name}`}>
          <EllipsisVertical size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {!isMe && (
          <Menu.Item leftSection={<MessageCircle size={15} aria-hidden="true" />} onClick={goTo(() => pageActions.openDm([user.id]))}>
            Write to them
          </Menu.Item>
        )}
        {mayManage && <MenuChoices label="Role" choices={roles} value={role} onPick={setRole} />}
        {mayManage && <Menu.Divider />}
        {mayManage && !isMe && (
          <Menu.Item color="danger" leftSection={<UserMinus size={15} aria-hidden="true" />} onClick={() => void remove()}>
            Take out of the stream
          </Menu.Item>
        )}
        {isMe && (
          <Menu.Item leftSection={<LogOut size={15} aria-hidden="true" />} onClick={goTo(() => pageActions.leave(streamId))}>
            Leave
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
