import { useCallback, useMemo, useRef, useState } from 'react';
import type { LiveSnapshot, LiveStream } from '../../../client/stream/live-stream.ts';
import type { StreamEvent } from '../../../contract/event.ts';
import type { Stream } from '../../../contract/stream.ts';
import { RenameDialog } from '../epochs/rename-dialog.tsx';
import { useTopics } from '../epochs/use-topics.ts';
import { DropTarget } from '../composer/composer-drop.tsx';
import { Composer } from '../composer/composer.tsx';
import { DeleteDialog } from './delete-dialog.tsx';
import { useEventActions } from './actions/event-actions.ts';
import { EventList } from './list/event-list.tsx';
import { EventVersions } from './row/event-versions.tsx';
import { useUploads } from '../files/use-uploads.ts';
import { useNameOf } from '../workspace/mention-people.ts';
import { PollDialog } from '../polls/poll-dialog.tsx';
import type { PollDraft } from '../polls/poll-draft.ts';
import { closedBy, rowRightsIn } from './actions/row-rights.ts';
import { RowContext } from './actions/row-context.ts';
import { nameOfStream } from '../workspace/stream-filter.ts';
import { lastOwnEvent } from './timeline/timeline.ts';
import { useParent } from '../workspace/use-stream.ts';
import { useWorkspace } from '../workspace/workspace-context.ts';

export interface ConversationProps {
  readonly live: LiveStream;
  readonly snapshot: LiveSnapshot;
  readonly stream: Stream | undefined;
  readonly streamId: string;
  /** The conversation stands beside another one: it shows less, and leaves the page's title alone. */
  readonly compact?: boolean;
}

/** The messages of one stream, and the composer below them. */
export function Conversation({ live, snapshot, stream, streamId, compact = false }: ConversationProps) {
  const { me } = useWorkspace();
  const [editing, setEditing] = useState<string>();
  const [picking, setPicking] = useState<string>();
  const [deleting, setDeleting] = useState<StreamEvent>();
  const [shown, setShown] = useState<StreamEvent>();
  const [poll, setPoll] = useState<PollDraft>();
  const composer = useRef<HTMLTextAreaElement>(null);
  const toComposer = useCallback(() => composer.current?.focus(), []);
  const stopEditing = useCallback(() => {
    setEditing(undefined);
    toComposer();
  }, [toComposer]);
  const actions = useEventActions(live, {
    onEdit: setEditing,
    onEditDone: stopEditing,
    onDelete: setDeleting,
    onShowVersions: setShown,
    onPick: setPicking,
  });
  const uploads = useUploads(streamId);
  const { starts, actions: epochActions, beginEpoch, ...topics } = useTopics(streamId, snapshot);
  const context = useRowContextValue({ stream, compact, actions, uploads, epochActions });
  const closed = closedBy(stream, useParent(stream));
  const editLast = (): boolean => {
    const last = lastOwnEvent(snapshot.events, me.id);
    if (last) setEditing(last.id);
    return last !== undefined;
  };
  const stopDeleting = (): void => {
    setDeleting(undefined);
    setEditing(undefined);
  };
  const closing = (close: () => void) => () => {
    close();
    toComposer();
  };
  return (
    <RowContext value={context}>
      <DropTarget disabled={snapshot.problem !== undefined || !context.rights.post} onFiles={(files) => uploads.add(files)}>
        {(isDropping) => (
          <>
            <EventList {...{ live, snapshot, streamId, starts, editing, picking }} onLeave={toComposer} />
            <Composer
              ref={composer}
              {...{ live, snapshot, stream, streamId, uploads, isDropping, closed, beginEpoch }}
              name={stream ? nameOfStream(stream, me.id) : 'this stream'}
              onEditLast={editLast}
              onPoll={setPoll}
            />
          </>
        )}
      </DropTarget>
      <DeleteDialog event={deleting} onDelete={(event) => live.delete(event.id)} onClose={closing(stopDeleting)} />
      <EventVersions event={shown} onClose={closing(() => setShown(undefined))} />
      <RenameDialog epoch={topics.renaming} onRenamed={topics.reload} onClose={closing(topics.closeRename)} />
      <PollDialog draft={poll} onPost={(checked) => live.send(checked)} onClose={closing(() => setPoll(undefined))} />
    </RowContext>
  );
}

type OwnContext = Pick<RowContext, 'stream' | 'compact' | 'actions' | 'uploads' | 'epochActions'>;

function useRowContextValue({ stream, compact, actions, uploads, epochActions }: OwnContext): RowContext {
  const { me } = useWorkspace();
  const parent = useParent(stream);
  const nameOf = useNameOf();
  return useMemo(
    () => ({ stream, compact, me, rights: rowRightsIn(stream, parent), actions, epochActions, uploads, nameOf }),
    [stream, parent, compact, me, actions, epochActions, uploads, nameOf],
  );
}
