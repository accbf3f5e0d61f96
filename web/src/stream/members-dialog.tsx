import { useCallback, useDeferredValue, useState } from 'react';
import { Button, Loader, TextInput } from '@mantine/core';
import { UserPlus } from 'lucide-react';
import type { StreamMember } from '../../../contract/stream.ts';
import { Dialog } from '../ui/dialog.tsx';
import { useDialogFocus } from '../ui/use-dialog-focus.ts';
import { usePages } from '../ui/use-pages.ts';
import { sentenceOf } from '../ui/problem-words.ts';
import classes from './members-dialog.module.css';
import { MembersItem } from './members-item.tsx';
import { nameOfStream } from '../workspace/stream-filter.ts';
import { useRights } from '../workspace/stream-rights.ts';
import { useListedStream } from '../workspace/use-stream.ts';
import { useWorkspace } from '../workspace/workspace-context.ts';

interface Props {
  /** The stream whose members show; undefined closes the dialog. */
  readonly streamId: string | undefined;
  readonly onClose: () => void;
}

/** The members of a stream, with the actions on them. */
export function MembersDialog({ streamId, onClose }: Props) {
  const { returnFocus, leave, close } = useDialogFocus(onClose);
  const { me } = useWorkspace();
  const stream = useListedStream(streamId ?? null);
  const who = stream?.streamType === 'thread' ? 'Who follows' : 'Members of';
  return (
    <Dialog
      opened={streamId !== undefined}
      onClose={close}
      returnFocus={returnFocus}
      title={stream ? `${who} ${stream.streamType === 'thread' ? 'this thread' : nameOfStream(stream, me.id)}` : 'Members'}
    >
      {streamId !== undefined && <Members key={streamId} streamId={streamId} onLeave={leave} />}
    </Dialog>
  );
}

function Members({ streamId, onLeave }: { streamId: string; onLeave: () => void }) {
  const { pageActions } = useWorkspace();
  const [query, setQuery] = useState('');
  const pages = useMembers(streamId, useDeferredValue(query.trim()));
  const { items, loading, problem, hasMore, more, change } = pages;
  const rights = useRights(useListedStream(streamId));
  const put = (member: StreamMember): void => change((all) => all.map((one) => (one.user.id === member.user.id ? member : one)));
  const remove = (userId: string): void => change((all) => all.filter(({ user }) => user.id !== userId));
  return (
    <>
      <div className={classes.actions}>
        <TextInput
          data-autofocus
          aria-label="Find a member"
          placeholder="Find a member"
          className={classes.search}
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
        />
        {rights.invite && (
          <Button leftSection={<UserPlus size={15} />} onClick={() => pageActions.invite(streamId)}>
            Add people
          </Button>
        )}
      </div>
      <ul className={classes.list} aria-label="Members" aria-busy={loading}>
        {items.map((member) => (
          <MembersItem
            key={member.user.id}
            {...{ member, streamId, onLeave }}
            mayManage={rights.manageMembers}
            onChanged={put}
            onRemoved={() => remove(member.user.id)}
          />
        ))}
      </ul>
      <output className={classes.foot}>
        {loading && <Loader size="xs" aria-label="Loading" />}
        {problem && <span>{sentenceOf(problem)}</span>}
        {!loading && !problem && items.length === 0 && <span>{query === '' ? 'Nobody is in it.' : 'Nobody here has such a name.'}</span>}
        {!loading && (hasMore || problem) && (
          <Button size="compact-sm" variant="default" onClick={more}>
            {problem ? 'Try again' : 'Show more'}
          </Button>
        )}
      </output>
    </>
  );
}

function useMembers(streamId: string, q: string) {
  const { streambed, workspaceId } = useWorkspace();
  const load = useCallback(
    (cursor: string | undefined, signal: AbortSignal) =>
      streambed.workspace(workspaceId).streams.members(streamId, { q: q === '' ? undefined : q, cursor, limit: 50 }, { signal }),
    [streambed, workspaceId, streamId, q],
  );
  return usePages(load);
}
