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

/** Faces that are shown before the number. */
const faces = 3;
/** Counted up to here; beyond it nobody reads the number. */
const counted = 100;

/** Who is in the stream, in short; leads to the list of them. */
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

/** Those of the first page; read again whenever somebody came or went. A DM names everyone itself. */
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
