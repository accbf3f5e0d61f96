import { useCallback } from 'react';
import { Button, Loader } from '@mantine/core';
import type { StreamEvent } from '../../../contract/event.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { dayLabel, timeOf } from '../ui/times.ts';
import { useDialogFocus } from '../ui/use-dialog-focus.ts';
import { usePages } from '../ui/use-pages.ts';
import { useTask } from '../ui/use-task.ts';
import { useToday } from '../ui/use-today.ts';
import { sentenceOf } from '../ui/problem-words.ts';
import classes from './stream-header-pins.module.css';
import { mayDo } from '../workspace/stream-rights.ts';
import { firstWords } from '../workspace/thread-roots.ts';
import { useListedStream, useParent } from '../workspace/use-stream.ts';
import { useWorkspace } from '../workspace/workspace-context.ts';

interface Props {
  /** The stream whose pins show; undefined closes the dialog. */
  readonly streamId: string | undefined;
  readonly onClose: () => void;
}

/** The pinned events of a stream. */
export function PinsDialog({ streamId, onClose }: Props) {
  const { returnFocus, leave, close } = useDialogFocus(onClose);
  return (
    <Dialog opened={streamId !== undefined} onClose={close} returnFocus={returnFocus} title="Pinned">
      {streamId !== undefined && <Pins key={streamId} streamId={streamId} onLeave={leave} />}
    </Dialog>
  );
}

function Pins({ streamId, onLeave }: { streamId: string; onLeave: () => void }) {
  const { streambed, workspaceId } = useWorkspace();
  const load = useCallback(
    async (_cursor: string | undefined, signal: AbortSignal) => ({
      items: await streambed.workspace(workspaceId).events(streamId).pins({ signal }),
      nextCursor: null,
    }),
    [streambed, workspaceId, streamId],
  );
  const { items, loading, problem, change } = usePages(load);
  const stream = useListedStream(streamId);
  const mayUnpin = mayDo(stream, useParent(stream), 'pin');
  if (loading) return <Loader size="sm" aria-label="Loading" />;
  if (problem) return <p role="alert">{sentenceOf(problem)}</p>;
  if (items.length === 0) return <p className={classes.nothing}>Nothing is pinned here. Pin a message to find it again.</p>;
  return (
    <ul className={classes.list}>
      {items.map((event) => (
        <Pin
          key={event.id}
          event={event}
          mayUnpin={mayUnpin}
          onLeave={onLeave}
          onUnpinned={() => change((all) => all.filter(({ id }) => id !== event.id))}
        />
      ))}
    </ul>
  );
}

interface PinProps {
  readonly event: StreamEvent;
  readonly mayUnpin: boolean;
  readonly onLeave: () => void;
  readonly onUnpinned: () => void;
}

function Pin({ event, mayUnpin, onLeave, onUnpinned }: PinProps) {
  const { streambed, workspaceId, pageActions } = useWorkspace();
  const today = useToday();
  const { busy, problem, run } = useTask();
  const at = Date.parse(event.createdAt);
  const unpin = async (): Promise<void> => {
    if (await run(() => streambed.workspace(workspaceId).events(event.streamId).unpin(event.id))) onUnpinned();
  };
  const open = (): void => {
    onLeave();
    pageActions.openEvent(event.streamId, event.seq);
  };
  return (
    <li className={classes.pin}>
      <Avatar id={event.actorId} name={event.actorName} size={28} />
      <div className={classes.words}>
        <bdi className={classes.author}>{event.actorName}</bdi>{' '}
        <span className={classes.time}>
          {dayLabel(at, today)}, {timeOf(at)}
        </span>
        <p dir="auto">{firstWords(event, 240) ?? 'Something without words'}</p>
        {problem && (
          <p role="alert" className={classes.problem}>
            {sentenceOf(problem)}
          </p>
        )}
        <div className={classes.buttons}>
          <Button size="compact-xs" variant="light" onClick={open}>
            Open
          </Button>
          {mayUnpin && (
            <Button size="compact-xs" variant="default" loading={busy} onClick={() => void unpin()}>
              Unpin
            </Button>
          )}
        </div>
      </div>
    </li>
  );
}
