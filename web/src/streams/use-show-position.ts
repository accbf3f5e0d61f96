import { useEffect, useEffectEvent, useRef, type RefObject } from 'react';
import type { VirtualizerHandle } from 'virtua';
import type { LiveSnapshot, LiveStream } from '../../../client/live-stream.ts';
import { noticeOf } from './stream-actions.ts';
import type { Row } from './timeline.ts';
import { useWorkspace } from './workspace-context.ts';

interface Options {
  readonly streamId: string;
  readonly live: LiveStream;
  readonly snapshot: LiveSnapshot;
  readonly rows: readonly Row[];
  readonly virtual: RefObject<VirtualizerHandle | null>;
  readonly scroller: RefObject<HTMLElement | null>;
  /** The reader goes elsewhere by other means than scrolling. */
  readonly intend: () => void;
  readonly activate: (key: string, byKeyboard: boolean) => void;
}

/** Pages of history that are read on the way to a position; what is further back has to be scrolled to. */
const mostPages = 60;

/**
 * Brings the position that the address names into view: history is read until it is there, the message is shown in the middle and lights
 * up. Then the address is that of the stream again, so that the same way can be gone twice.
 */
export function useShowPosition(options: Options): void {
  const { streamId, live, snapshot, rows } = options;
  const { place, go, tell } = useWorkspace();
  const at = place.kind === 'stream' && (place.thread ?? place.streamId) === streamId ? place.at : undefined;
  const pages = useRef(0);
  const { events, hasOlder, loadingOlder } = snapshot;

  const arrive = useEffectEvent((position: number) => {
    if (place.kind === 'stream') go({ kind: 'stream', streamId: place.streamId, ...(place.thread && { thread: place.thread }) }, 'replace');
    pages.current = 0;
    const key = rowAt(rows, position);
    if (key !== undefined) show(key, options);
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

/** The row of a position, or the next one that shows. */
function rowAt(rows: readonly Row[], position: number): string | undefined {
  return rows.find((row) => row.kind === 'event' && row.event.seq >= position)?.key;
}

function show(key: string, { rows, virtual, scroller, intend, activate }: Options): void {
  intend();
  activate(key, true);
  const index = rows.findIndex((row) => row.key === key);
  virtual.current?.scrollToIndex(index, { align: 'center' });
  // Drawn only once it is near.
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      virtual.current?.scrollToIndex(index, { align: 'center' });
      const row = scroller.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(key)}"]`);
      row?.focus({ preventScroll: true });
      row?.animate?.([{ backgroundColor: 'var(--sb-accent-soft)' }, { backgroundColor: 'transparent' }], {
        duration: 2_500,
        easing: 'ease-in',
      });
    }),
  );
}
