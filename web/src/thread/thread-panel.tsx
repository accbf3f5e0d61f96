import { useEffect, useRef, type KeyboardEvent, type ReactNode } from 'react';
import { ActionIcon, Tooltip } from '@mantine/core';
import { ArrowLeft, Expand, X } from 'lucide-react';
import type { LiveSnapshot } from '../../../client/stream/live-stream.ts';
import type { EventId, StreamId } from '../../../contract/ids.ts';
import type { Stream } from '../../../contract/stream.ts';
import { Empty } from '../ui/empty.tsx';
import { sentenceOf } from '../ui/problem-words.ts';
import { Conversation } from '../conversation/conversation.tsx';
import { LossNotice, LostConversation } from '../conversation/lost-conversation.tsx';
import { isEventId, type StreamPlace } from '../workspace/place.ts';
import { nameOfStream } from '../workspace/stream-filter.ts';
import { StreamMenu } from '../stream/stream-header-menu.tsx';
import { threadLossOf, type Loss } from '../workspace/stream-loss.ts';
import { useRights } from '../workspace/stream-rights.ts';
import classes from './thread-panel.module.css';
import { ThreadRoot } from './thread-root.tsx';
import { ThreadStart } from './thread-start.tsx';
import { useStream } from '../workspace/use-stream.ts';
import { useWorkspace } from '../workspace/workspace-context.ts';

interface Props {
  /** The stream beside the panel. */
  readonly streamId: StreamId;
  readonly parent: Stream | undefined;
  readonly parentLoss: Loss | undefined;
  readonly parentSnapshot: LiveSnapshot;
  readonly thread: StreamId | EventId;
  /** The panel takes the whole page, as on a phone. */
  readonly isAlone: boolean;
}

/** A thread beside the stream that it branched from. */
export function ThreadPanel(props: Props) {
  const { thread, parentSnapshot, parentLoss, streamId } = props;
  // The address may name the event of a thread that does not exist yet, or that another member starts meanwhile.
  const started = isEventId(thread) ? parentSnapshot.events.find(({ id }) => id === thread)?.thread?.streamId : undefined;
  const close = useClose(streamId);
  const { go } = useWorkspace();
  useEffect(() => {
    if (started) go({ kind: 'stream', streamId, thread: started }, 'replace');
  }, [started, go, streamId]);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape closes it from wherever the focus is inside
    <aside aria-label="Thread" className={classes.panel} data-alone={props.isAlone} onKeyDown={(event) => isEscape(event) && close()}>
      {isEventId(thread) ? (
        <>
          <PanelHeader {...props} stream={undefined} onClose={close} />
          {parentLoss ? (
            <LossNotice of="thread" loss={parentLoss} />
          ) : (
            <ThreadStart streamId={streamId} eventId={thread} snapshot={parentSnapshot} />
          )}
        </>
      ) : (
        <OpenThread key={thread} {...props} thread={thread} onClose={close} />
      )}
    </aside>
  );
}

function OpenThread(props: Props & { thread: StreamId; onClose: () => void }) {
  const { thread, streamId, parentLoss, parentSnapshot, onClose } = props;
  const { live, snapshot, stream, loss: ownLoss } = useStream(thread);
  useFollowPromotion(stream);
  const loss = threadLossOf(ownLoss, { streamId, loss: parentLoss }, stream);
  if (loss) {
    return (
      <>
        <PanelHeader {...props} stream={undefined} onClose={onClose} />
        <LostConversation of="thread" {...{ loss, streamId: thread, live, snapshot }} />
      </>
    );
  }
  const { problem } = snapshot;
  if (problem && snapshot.events.length === 0) {
    return (
      <>
        <PanelHeader {...props} stream={stream} onClose={onClose} />
        <Empty title="This thread cannot be shown" level={2}>
          <p>{sentenceOf(problem)}</p>
        </Empty>
      </>
    );
  }
  return (
    <>
      <PanelHeader {...props} stream={stream} onClose={onClose} />
      {stream?.branchedFromEventId != null && stream.parentStreamId !== null && (
        <ThreadRoot streamId={stream.parentStreamId} eventId={stream.branchedFromEventId} snapshot={parentSnapshot} />
      )}
      <Conversation compact live={live} snapshot={snapshot} stream={stream} streamId={thread} />
    </>
  );
}

/** Follows a thread that is promoted while it is open: the new stream has a page of its own. */
function useFollowPromotion(stream: Stream | undefined): void {
  const { go, tell, me } = useWorkspace();
  const wasThread = useRef(false);
  const isThread = stream?.streamType === 'thread';
  useEffect(() => {
    if (!stream) return;
    if (isThread) wasThread.current = true;
    else {
      if (wasThread.current) tell({ text: `This thread became “${nameOfStream(stream, me.id)}”.` });
      go({ kind: 'stream', streamId: stream.id }, 'replace');
    }
  }, [isThread, stream, go, tell, me.id]);
}

/** Goes to the stream without the thread. The focus goes to the composer, because the row that opened the thread may be gone. */
function useClose(streamId: StreamId): () => void {
  const { go } = useWorkspace();
  return () => {
    go({ kind: 'stream', streamId });
    requestAnimationFrame(() => document.querySelector<HTMLElement>('[data-main-column] textarea')?.focus());
  };
}

/** True for Escape in the panel itself that no inner element used. Popups above the panel close first. */
function isEscape(event: KeyboardEvent<HTMLElement>): boolean {
  if (event.key !== 'Escape' || event.defaultPrevented || event.nativeEvent.isComposing) return false;
  return event.target instanceof Node && event.currentTarget.contains(event.target);
}

interface HeaderProps extends Pick<Props, 'parent' | 'isAlone'> {
  readonly stream: Stream | undefined;
  readonly onClose: () => void;
}

function PanelHeader({ stream, parent, isAlone, onClose }: HeaderProps) {
  const { me, go } = useWorkspace();
  const rights = useRights(stream);
  const button = (label: string, icon: ReactNode, onClick: () => void): ReactNode => (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size={32} aria-label={label} onClick={onClick}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
  const whole: StreamPlace | undefined = stream && { kind: 'stream', streamId: stream.id };
  return (
    <header className={classes.header}>
      {isAlone && button('Back to the stream', <ArrowLeft size={18} />, onClose)}
      <div className={classes.words}>
        <h2>{stream?.name ?? 'Thread'}</h2>
        {parent && (
          <p>
            in <bdi>{nameOfStream(parent, me.id)}</bdi>
          </p>
        )}
      </div>
      {whole && button('Show as a page', <Expand size={16} />, () => go(whole))}
      {stream && <StreamMenu stream={stream} rights={rights} />}
      {!isAlone && button('Close the thread', <X size={18} />, onClose)}
    </header>
  );
}
