import { useEffect, useLayoutEffect, useMemo, useRef, useState, type RefObject } from 'react';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import type { LiveSnapshot, LiveStream } from '../../../../client/stream/live-stream.ts';
import type { EpochStart } from '../../epochs/epoch-starts.ts';
import { useToday } from '../../ui/use-today.ts';
import { EndButton } from './end-button.tsx';
import classes from './event-list.module.css';
import { EventLog } from './event-log.tsx';
import { EventItem } from '../row/event-item.tsx';
import { NewMessageAnnouncer } from '../timeline/new-message-announcer.tsx';
import { runEventAction, type EventAction, type RowEvents } from './row-shortcuts.ts';
import { useRowContext } from '../actions/row-context.ts';
import { nameOfStream } from '../../workspace/stream-filter.ts';
import { StreamStart } from './stream-start.tsx';
import { toTimeline, wasPrepended, type Row } from '../timeline/timeline.ts';
import { useFollowEnd, type FollowEnd } from '../scroll/use-follow-end.ts';
import { useOlderMessages } from './use-older-messages.ts';
import { useReadProgress } from '../scroll/use-read-progress.ts';
import { useRowKeys } from './use-row-keys.ts';
import { useShowPosition } from '../scroll/use-show-position.ts';
import { useUnseenTitle } from '../../workspace/use-unseen-title.ts';
import { useWorkspace } from '../../workspace/workspace-context.ts';

export interface EventListProps {
  readonly live: LiveStream;
  readonly snapshot: LiveSnapshot;
  readonly streamId: string;
  /** The starts of epochs, oldest first. */
  readonly starts: readonly EpochStart[];
  /** The event that is being edited. */
  readonly editing: string | undefined;
  /** The event with the open emoji picker. */
  readonly picking: string | undefined;
  /** Moves the focus back to the composer. */
  readonly onLeave: () => void;
}

/** The events of a stream as a virtual list that grows at both ends. */
export function EventList(props: EventListProps) {
  const { live, snapshot, streamId, starts, editing, picking, onLeave } = props;
  const { pageActions } = useWorkspace();
  const context = useRowContext();
  const { me, stream, compact } = context;
  const today = useToday();
  const virtual = useRef<VirtualizerHandle>(null);
  const follow = useFollowEnd();
  const { unseen, firstNewSeq } = useReadProgress(streamId, snapshot, follow.atEnd);
  const { rows, isPrepended } = useRows(snapshot, starts, me.id, firstNewSeq);
  const older = useOlderMessages(live, snapshot, follow.scroller);
  const onAction = (action: EventAction, row: RowEvents): void => runEventAction(action, row, context, pageActions);
  const keys = useRowKeys({ rows, me: me.id, virtual, scroller: follow.scroller, toEnd: follow.toEnd, onAction, onLeave });
  useHold(follow, rows, snapshot);
  useShowEdited(editing, rows, virtual, follow.intend);
  useShowPosition({ streamId, live, snapshot, rows, virtual, scroller: follow.scroller, intend: follow.intend, activate: keys.activate });
  const name = stream ? nameOfStream(stream, me.id) : 'this stream';
  // Before the first load an empty list says nothing about the stream.
  const isWaiting = snapshot.events.length === 0 && (snapshot.state === 'connecting' || snapshot.state === 'offline');
  return (
    <div className={classes.frame}>
      <EventLog label={`Messages in ${name}`} isBusy={isWaiting} follow={follow} keys={keys} onScroll={older.check}>
        <Virtualizer
          ref={virtual}
          data={rows}
          shift={isPrepended}
          scrollRef={follow.scroller}
          onResize={follow.hold}
          keepMounted={keptRows(rows, [keys.active, editing, picking])}
        >
          {(row) =>
            row.kind === 'top' ? (
              <StreamStart
                key={row.key}
                {...{ stream, older, isWaiting }}
                hasOlder={snapshot.hasOlder}
                isEmpty={rows.every(({ kind }) => kind === 'top' || kind === 'notice')}
              />
            ) : (
              <EventItem
                key={row.key}
                row={row}
                today={today}
                isActive={row.key === keys.active}
                isEdited={isRowOf(row, editing)}
                isPicking={isRowOf(row, picking)}
              />
            )
          }
        </Virtualizer>
      </EventLog>
      {!compact && <UnseenTitle name={name} unseen={unseen} />}
      <EndButton atEnd={follow.atEnd} unseen={unseen} onClick={follow.toEnd} />
      <NewMessageAnnouncer snapshot={snapshot} me={me.id} />
    </div>
  );
}

function UnseenTitle({ name, unseen }: { name: string; unseen: number }) {
  useUnseenTitle(name, unseen);
  return null;
}

/** The rows, and whether their last change put older ones in front. */
function useRows({ events, pending }: LiveSnapshot, starts: readonly EpochStart[], me: string, firstNewSeq: number | undefined) {
  const rows = useMemo(() => toTimeline({ events, pending, starts, me, firstNewSeq }), [events, pending, starts, me, firstNewSeq]);
  const [last, setLast] = useState({ rows, isPrepended: false });
  if (last.rows === rows) return last;
  const now = { rows, isPrepended: wasPrepended(last.rows, rows) };
  setLast(now);
  return now;
}

/** Keeps the end, or the message that is read, in view when rows are added. An own message or epoch scrolls to the end. */
function useHold({ hold, toEnd }: FollowEnd, rows: readonly Row[], { pending }: LiveSnapshot): void {
  useLayoutEffect(hold, [hold, rows]);
  const last = rows.at(-1);
  const lastSent = pending.at(-1)?.clientEventId ?? (last?.kind === 'topic' && last.topic.isOwn ? last.key : undefined);
  const firstRender = useRef(true);
  useEffect(() => {
    if (!firstRender.current && lastSent !== undefined) toEnd();
    firstRender.current = false;
  }, [lastSent, toEnd]);
}

/** Scrolls to the message when an edit begins, because it may be far up. */
function useShowEdited(
  editing: string | undefined,
  rows: readonly Row[],
  virtual: RefObject<VirtualizerHandle | null>,
  intend: () => void,
): void {
  const shown = useRef<string>(undefined);
  useEffect(() => {
    if (editing === shown.current) return;
    shown.current = editing;
    const index = editing === undefined ? -1 : rows.findIndex((row) => isRowOf(row, editing));
    if (index < 0) return;
    intend();
    virtual.current?.scrollToIndex(index, { align: 'nearest' });
  }, [editing, rows, virtual, intend]);
}

const isRowOf = (row: Row, eventId: string | undefined): boolean => row.kind === 'event' && row.event.id === eventId;

/** Rows with the focus, an unsaved edit or an open picker stay mounted while the reader scrolls. */
const keptRows = (rows: readonly Row[], [active, ...eventIds]: (string | undefined)[]): number[] =>
  rows.flatMap((row, index) => (row.key === active || eventIds.some((id) => isRowOf(row, id)) ? [index] : []));
