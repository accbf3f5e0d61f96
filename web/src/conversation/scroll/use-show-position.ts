import { useEffect, useEffectEvent, useRef, useState, type RefObject } from 'react';
import type { VirtualizerHandle } from 'virtua';
import type { LiveSnapshot, LiveStream } from '../../../../client/stream/live-stream.ts';
import { clearLeftAt, leftAtOf } from '../../workspace/left-at.ts';
import { noticeOf } from '../../workspace/stream-actions.ts';
import type { Row } from '../timeline/timeline.ts';
import { useWorkspace } from '../../workspace/workspace-context.ts';

interface Options {
  readonly streamId: string;
  readonly live: LiveStream;
  readonly snapshot: LiveSnapshot;
  readonly rows: readonly Row[];
  readonly virtual: RefObject<VirtualizerHandle | null>;
  readonly scroller: RefObject<HTMLElement | null>;
  /** Announces a jump by other means than scrolling. */
  readonly intend: () => void;
  readonly activate: (key: string, byKeyboard: boolean) => void;
}

/** Limit of pages that load on the way to a position; the reader scrolls to older ones. */
const mostPages = 60;

/**
 * Scrolls to the position in the address: loads history until it is there, centres the message, and highlights it up to `upTo`. Then the
 * position leaves the address, so that the same link works twice. Back returns to the message that was in view before.
 */
export function useShowPosition(options: Options): void {
  const { streamId, live, snapshot, rows } = options;
  const { place, go, tell } = useWorkspace();
  const named = place.kind === 'stream' && (place.thread ?? place.streamId) === streamId ? place.at : undefined;
  const { left, clear } = useReturnPosition(streamId);
  const at = named ?? left;
  const pages = useRef(0);
  const { events, hasOlder, loadingOlder } = snapshot;

  const arrive = useEffectEvent((position: number) => {
    if (place.kind === 'stream' && named !== undefined) {
      const { at: _at, upTo, ...stays } = place;
      go(stays, 'replace');
      show(rowAt(rows, position), options, upTo ?? position);
    } else show(rowAt(rows, position), options, undefined);
    clear();
    pages.current = 0;
  });
  const older = useEffectEvent(() => {
    pages.current++;
    live.loadOlder().catch((error: unknown) => tell(noticeOf(error)));
  });

  useEffect(() => {
    if (at === undefined || events.length === 0 || loadingOlder) return;
    const isBehind = (events[0]?.seq ?? 0) > at && hasOlder;
    if (isBehind && pages.current < mostPages) older();
    else arrive(at);
  }, [at, events, hasOlder, loadingOlder]);
}

/** The position in this stream from the history entry, which was saved when the reader left. */
function useReturnPosition(streamId: string): { left: number | undefined; clear: () => void } {
  const [left, setLeft] = useState(() => leftAtOf(history.state));
  useEffect(() => {
    const onNavigation = ({ state }: PopStateEvent): void => setLeft(leftAtOf(state));
    addEventListener('popstate', onNavigation);
    return () => removeEventListener('popstate', onNavigation);
  }, []);
  const isHere = left?.streamId === streamId;
  const clear = (): void => {
    if (!isHere) return;
    setLeft(undefined);
    clearLeftAt();
  };
  return { left: isHere ? left.seq : undefined, clear };
}

/** The row at a position, or the next one that shows. */
function rowAt(rows: readonly Row[], position: number): string | undefined {
  return rows.find((row) => row.kind === 'event' && row.event.seq >= position)?.key;
}

/** Scrolls to a row; `upTo` is the last position to highlight, undefined highlights none. */
function show(key: string | undefined, { rows, virtual, scroller, intend, activate }: Options, upTo: number | undefined): void {
  if (key === undefined) return;
  intend();
  activate(key, true);
  const index = rows.findIndex((row) => row.key === key);
  virtual.current?.scrollToIndex(index, { align: 'center' });
  // The virtual list renders the row only once it is near.
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      virtual.current?.scrollToIndex(index, { align: 'center' });
      const row = scroller.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(key)}"]`);
      row?.focus({ preventScroll: true });
      if (upTo !== undefined) highlight(scroller.current, Number(row?.dataset['seq']), upTo);
    }),
  );
}

function highlight(scroller: HTMLElement | null, from: number, upTo: number): void {
  for (const row of scroller?.querySelectorAll<HTMLElement>('[data-seq]') ?? []) {
    const seq = Number(row.dataset['seq']);
    if (seq < from || seq > Math.max(from, upTo)) continue;
    row.animate?.([{ backgroundColor: 'var(--sb-accent-soft)' }, { backgroundColor: 'transparent' }], {
      duration: 2_500,
      easing: 'ease-in',
    });
  }
}
