import { useCallback, useEffect, useRef } from 'react';
import { Tooltip, UnstyledButton } from '@mantine/core';
import { Users } from 'lucide-react';
import type { StreamEvent } from '../../../contract/event.ts';
import type { Stream } from '../../../contract/stream.ts';
import { Avatar } from '../ui/avatar.tsx';
import { usePages } from '../ui/use-pages.ts';
import { countLabel } from '../workspace/badges.ts';
import classes from './stream-header.module.css';
import { useWorkspace } from '../workspace/workspace-context.ts';

/** Limit of avatars before the number. */
const faces = 3;
/** Limit of the count; nobody reads larger numbers. */
const counted = 100;

/** The avatars and number of members; opens the list of members. */
export function HeaderMembers({ stream, events }: { stream: Stream; events: readonly StreamEvent[] }) {
  const { pageActions } = useWorkspace();
  const people = usePeopleIn(stream, events);
  const count = people.length;
  const what = stream.streamType === 'thread' ? 'Who follows it' : 'Members';
  return (
    <Tooltip label={what}>
      <UnstyledButton className={classes.members} onClick={() => pageActions.showMembers(stream.id)}>
        <span className="sb-hidden">{what}: </span>
        <Users size={17} aria-hidden="true" className={classes.usersIcon} data-alone={count === 0} />
        <span className={classes.faces}>
          {people.slice(0, faces).map(({ id, name }) => (
            <Avatar key={id} id={id} name={name} size={22} />
          ))}
        </span>
        <span className={classes.count}>{countLabel(count)}</span>
      </UnstyledButton>
    </Tooltip>
  );
}

/** The members of the first page, read again when a member joins or leaves. A DM lists all its members itself. */
function usePeopleIn(stream: Stream, events: readonly StreamEvent[]) {
  const { streambed, workspaceId } = useWorkspace();
  const { id, participants, isMember } = stream;
  const isFixed = participants !== null;
  const load = useCallback(
    async (cursor: string | undefined, signal: AbortSignal) => {
      if (isFixed) return { items: [], nextCursor: null };
      const page = await streambed.workspace(workspaceId).streams.members(id, { cursor, limit: counted }, { signal });
      return { items: page.items.map(({ user }) => user), nextCursor: page.nextCursor };
    },
    [streambed, workspaceId, id, isFixed],
  );
  const { items, reload } = usePages(load);
  const lastMove = events.findLast(({ eventType }) => eventType === 'member_joined' || eventType === 'member_left')?.id;
  const known = useRef({ lastMove, isMember });
  useEffect(() => {
    const before = known.current;
    known.current = { lastMove, isMember };
    if (before.lastMove !== lastMove || before.isMember !== isMember) reload();
  }, [lastMove, isMember, reload]);
  return participants ?? items;
}
