import { useState } from 'react';
import { Layers, MessageSquareText } from 'lucide-react';
import { Dialog } from '../ui/dialog.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { PickField, type PickOption } from '../ui/pick-field.tsx';
import { useDialogFocus } from '../ui/use-dialog-focus.ts';
import { usePeople } from '../workspace/people-search.ts';
import type { Place } from '../workspace/place.ts';
import { byActivity } from '../workspace/stream-order.ts';
import { filterStreams, nameOfStream } from '../workspace/stream-filter.ts';
import { StreamIcon } from '../workspace/stream-icon.tsx';
import { useNamedStreams } from '../workspace/use-more-streams.ts';
import { useStreamList, useWorkspace } from '../workspace/workspace-context.ts';

/** Limit of streams and people; typing narrows them down. */
const shownStreams = 9;
const shownPeople = 4;

interface Props {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Goes to a stream, a person or a search, by name. */
export function JumpDialog({ opened, onClose }: Props) {
  const { returnFocus, leave, close } = useDialogFocus(onClose);
  return (
    <Dialog opened={opened} onClose={close} returnFocus={returnFocus} bare title="Jump to a stream" yOffset="12vh">
      <JumpField onPicked={leave} />
    </Dialog>
  );
}

type Goal = { readonly kind: 'place'; readonly place: Place } | { readonly kind: 'person'; readonly userId: string };

function JumpField({ onPicked }: { onPicked: () => void }) {
  const { go, pageActions } = useWorkspace();
  const [query, setQuery] = useState('');
  const options = useOptions(query);
  const pick = (goal: Goal): void => {
    onPicked();
    if (goal.kind === 'place') go(goal.place);
    else pageActions.openDm([goal.userId]);
  };
  return (
    <PickField
      label="Jump to a stream"
      listLabel="Streams and people"
      placeholder="Stream or person"
      query={query}
      onQuery={setQuery}
      options={options}
      onPick={pick}
      nothing="No stream matches."
    />
  );
}

function useOptions(query: string): PickOption<Goal>[] {
  const { me } = useWorkspace();
  const { streams } = useStreamList();
  const { people } = usePeople(query);
  useNamedStreams(query);
  const isQuery = query.trim() !== '';
  const open = streams.filter(({ archivedAt, streamType }) => archivedAt === null && streamType !== 'thread');
  const found = isQuery ? filterStreams(open, query, me.id) : open.filter(({ isMember }) => isMember).sort(byActivity);
  const options: PickOption<Goal>[] = found.slice(0, shownStreams).map((stream) => ({
    key: stream.id,
    value: { kind: 'place', place: { kind: 'stream', streamId: stream.id } },
    icon: <StreamIcon stream={stream} size={15} />,
    name: nameOfStream(stream, me.id),
    note: stream.description ?? undefined,
  }));
  if (!isQuery) return options;
  const others = people.filter(({ id }) => id !== me.id).slice(0, shownPeople);
  for (const { id, name } of others)
    options.push({
      key: id,
      value: { kind: 'person', userId: id },
      icon: <Avatar id={id} name={name} size={18} />,
      name,
      note: 'Direct message',
    });
  options.push(
    {
      key: 'search',
      value: { kind: 'place', place: { kind: 'search', query: query.trim() } },
      icon: <MessageSquareText size={15} aria-hidden="true" />,
      name: `Search messages for “${query.trim()}”`,
    },
    {
      key: 'memory',
      value: { kind: 'place', place: { kind: 'search', query: query.trim(), memory: 'hybrid' } },
      icon: <Layers size={15} aria-hidden="true" />,
      name: `Search memory for “${query.trim()}”`,
    },
  );
  return options;
}
