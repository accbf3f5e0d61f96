import { useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import type { LiveSnapshot, LiveStream } from '../../../client/live-stream.ts';
import type { StreamEvent } from '../../../contract/event.ts';
import type { Stream } from '../../../contract/stream.ts';
import { EndButton } from './end-button.tsx';
import classes from './message-list.module.css';
import { MessageRow, type RowActions } from './message-row.tsx';
import { NewMessageAnnouncer } from './new-message-announcer.tsx';
import { nameOfStream } from './stream-filter.ts';
import { StreamStart } from './stream-start.tsx';
import { toTimeline, wasPrepended, type Row } from './timeline.ts';
import { useFollowEnd } from './use-follow-end.ts';
import { useOlder } from './use-older.ts';
import { useReading } from './use-reading.ts';
import { useRowKeys } from './use-row-keys.ts';
import { useUnseenTitle } from './use-unseen-title.ts';
import { useWorkspace } from './workspace-context.ts';

export interface MessageListProps {
  readonly live: LiveStream;
  readonly snapshot: LiveSnapshot;
  readonly streamId: string;
  readonly stream: Stream | undefined;
  /** The event that is being edited. */
  readonly editing: string | undefined;
  readonly onEdit: (eventId: string) => void;
  readonly onEditDone: () => void;
  readonly onDelete: (event: StreamEvent) => void;
  /** The reader is done here: back to the composer. */
  readonly onLeave: () => void;
}

/** The messages of a stream, as a virtual list that grows at both ends. */
export function MessageList(props: MessageListProps) {
  const { live, snapshot, streamId, stream, editing } = props;
  const { me } = useWorkspace();
  const virtual = useRef<VirtualizerHandle>(null);
  const follow = useFollowEnd();
  const { unseen, firstNewSeq } = useReading(streamId, snapshot, follow.atEnd);
  const rows = useRows(snapshot, me.id, firstNewSeq);
  const shift = useShift(rows);
  const older = useOlder(live, snapshot, follow.scroller);
  const keys = useRowKeys({ ...props, rows, me: me.id, virtual, scroller: follow.scroller, toEnd: follow.toEnd });
  const actions = useActions(props, keys.setActive);
  useHold(follow, rows, snapshot);
  useUnseenTitle(stream ? nameOfStream(stream) : 'Stream', unseen);
  const isWaiting = snapshot.state === 'connecting' && snapshot.events.length === 0;
  return (
    <div className={classes.frame}>
      {/* Virtual rows come and go while scrolling, which a live region would read aloud; the announcer below tells what is new. */}
      <div
        ref={follow.scroller}
        className={classes.scroller}
        role="log"
        aria-live="off"
        aria-busy={isWaiting}
        aria-label={`Messages in ${stream ? nameOfStream(stream) : 'this stream'}`}
        tabIndex={0}
        onScroll={() => {
          follow.onScroll();
          older.check();
        }}
        onKeyDown={keys.onKeyDown}
      >
        <div className={classes.spacer} />
        <div ref={follow.content}>
          <Virtualizer
            ref={virtual}
            data={rows}
            shift={shift}
            scrollRef={follow.scroller}
            keepMounted={keptRows(rows, [keys.active, editing])}
          >
            {(row) =>
              row.kind === 'top' ? (
                <StreamStart
                  key={row.key}
                  stream={stream}
                  hasOlder={snapshot.hasOlder}
                  isEmpty={rows.length === 1}
                  older={older}
                  isWaiting={isWaiting}
                />
              ) : (
                <MessageRow
                  key={row.key}
                  row={row}
                  me={me}
                  isActive={row.key === keys.active}
                  isEdited={isRowOf(row, editing)}
                  actions={actions}
                />
              )
            }
          </Virtualizer>
        </div>
      </div>
      <EndButton atEnd={follow.atEnd} unseen={unseen} onClick={follow.toEnd} />
      <NewMessageAnnouncer snapshot={snapshot} me={me.id} />
    </div>
  );
}

const useRows = ({ events, pending }: LiveSnapshot, me: string, firstNewSeq: number | undefined): Row[] =>
  useMemo(() => toTimeline({ events, pending, me, firstNewSeq }), [events, pending, me, firstNewSeq]);

/** Whether this very change of the rows put older ones in front. */
function useShift(rows: readonly Row[]): boolean {
  const before = useRef(rows);
  const shift = wasPrepended(before.current, rows);
  useLayoutEffect(() => {
    before.current = rows;
  }, [rows]);
  return shift;
}

/** Keeps the end in view when rows are added; what one sends oneself is always shown. */
function useHold({ hold, toEnd }: ReturnType<typeof useFollowEnd>, rows: readonly Row[], { pending }: LiveSnapshot): void {
  useLayoutEffect(hold, [hold, rows]);
  const lastSent = pending.at(-1)?.clientEventId;
  const firstRender = useRef(true);
  useEffect(() => {
    if (!firstRender.current && lastSent !== undefined) toEnd();
    firstRender.current = false;
  }, [lastSent, toEnd]);
}

function useActions({ live, onEdit, onEditDone, onDelete }: MessageListProps, onActivate: (key: string) => void): RowActions {
  return useMemo(
    () => ({
      onEdit,
      onEditDone,
      onDelete,
      onActivate,
      onSave: (eventId, text) => live.edit(eventId, text),
      onRetry: (clientEventId) => live.retry(clientEventId),
      onDiscard: (clientEventId) => live.discard(clientEventId),
    }),
    [live, onEdit, onEditDone, onDelete, onActivate],
  );
}

const isRowOf = (row: Row, eventId: string | undefined): boolean => row.kind === 'event' && row.event.id === eventId;

/** Rows with the focus or an unsaved edit stay, wherever the reader scrolls. */
const keptRows = (rows: readonly Row[], [active, editing]: (string | undefined)[]): number[] =>
  rows.flatMap((row, index) => (row.key === active || isRowOf(row, editing) ? [index] : []));
