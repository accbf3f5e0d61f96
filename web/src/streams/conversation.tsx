import { useCallback, useRef, useState } from 'react';
import type { LiveSnapshot, LiveStream } from '../../../client/live-stream.ts';
import type { StreamEvent } from '../../../contract/event.ts';
import type { Stream } from '../../../contract/stream.ts';
import { Composer } from './composer.tsx';
import { DeleteDialog } from './delete-dialog.tsx';
import { EventList } from './event-list.tsx';
import { nameOfStream } from './stream-filter.ts';
import { lastOwnEvent } from './timeline.ts';
import { useWorkspace } from './workspace-context.ts';

export interface ConversationProps {
  readonly live: LiveStream;
  readonly snapshot: LiveSnapshot;
  readonly stream: Stream | undefined;
  readonly streamId: string;
  /** Beside another conversation: it says less, and leaves the page's title alone. */
  readonly compact?: boolean;
}

/** What was said in one stream, and the composer below it. */
export function Conversation({ live, snapshot, stream, streamId, compact = false }: ConversationProps) {
  const { me } = useWorkspace();
  const [editing, setEditing] = useState<string>();
  const [deleting, setDeleting] = useState<StreamEvent>();
  const composer = useRef<HTMLTextAreaElement>(null);
  const toComposer = useCallback(() => composer.current?.focus(), []);
  const stopEditing = useCallback(() => {
    setEditing(undefined);
    toComposer();
  }, [toComposer]);
  const editLast = (): boolean => {
    const last = lastOwnEvent(snapshot.events, me.id);
    if (last) setEditing(last.id);
    return last !== undefined;
  };
  const name = stream ? nameOfStream(stream, me.id) : 'this stream';
  return (
    <>
      <EventList
        {...{ live, snapshot, streamId, stream, editing, compact }}
        onEdit={setEditing}
        onEditDone={stopEditing}
        onDelete={setDeleting}
        onLeave={toComposer}
      />
      <Composer
        ref={composer}
        streamId={streamId}
        name={name}
        disabled={snapshot.problem !== undefined}
        onSend={(text) => live.send(text)}
        onEditLast={editLast}
      />
      <DeleteDialog
        event={deleting}
        onDelete={(event) => live.delete(event.id)}
        onClose={() => {
          setDeleting(undefined);
          stopEditing();
        }}
      />
    </>
  );
}
