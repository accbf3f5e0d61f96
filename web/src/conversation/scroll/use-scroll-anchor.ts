import { useCallback, useRef, type RefObject } from 'react';

/** Smaller moves are rounding, in pixels. */
const tolerance = 1;
/** After a jump the list may move by itself for this long, while rows are measured; in milliseconds. */
const arrivalMs = 300;

/** The anchor: the message at the top of the view, and its distance from the edge in pixels. */
interface Place {
  readonly row: Element;
  readonly top: number;
}

export interface ScrollAnchor {
  /** Takes a new anchor; callers run it after the reader has scrolled. */
  readonly note: () => void;
  /** Announces a jump by other means than scrolling. */
  readonly depart: () => void;
  /** Scrolls the anchor back to its place; callers run it when rows may have moved. */
  readonly restore: () => void;
}

/**
 * Keeps the message that the reader looks at in its place when rows above it are added, grow or shrink, such as pages of history and
 * headings. The virtual list alone anchors whole rows, and for a while after a page it anchors their end.
 */
export function useScrollAnchor(scroller: RefObject<HTMLElement | null>): ScrollAnchor {
  const place = useRef<Place>(undefined);
  const departedAt = useRef(Number.NEGATIVE_INFINITY);
  const note = useCallback(() => {
    const element = scroller.current;
    const { current } = place;
    // The anchor did not move: the list has scrolled by itself, and the rows around it may not be measured yet.
    if (element && current?.row.isConnected && Math.abs(movedIn(element, current)) <= tolerance) return;
    place.current = element ? placeIn(element) : undefined;
  }, [scroller]);
  const depart = useCallback(() => {
    departedAt.current = performance.now();
  }, []);
  const restore = useCallback(() => {
    const element = scroller.current;
    const { current } = place;
    if (!element || !current?.row.isConnected || performance.now() - departedAt.current < arrivalMs) return note();
    const moved = movedIn(element, current);
    if (Math.abs(moved) > tolerance) element.scrollBy({ top: moved, behavior: 'instant' });
  }, [scroller, note]);
  return { note, depart, restore };
}

const movedIn = (element: HTMLElement, { row, top }: Place): number => topIn(element, row) - top;

/** The first message that begins in view; otherwise the one that fills the view. */
function placeIn(element: HTMLElement): Place | undefined {
  const rows = [...element.querySelectorAll('[data-row]')].map((row) => ({ row, top: topIn(element, row) }));
  const inView = rows.filter(({ row, top }) => top < element.clientHeight && top + row.clientHeight > 0);
  return inView.find(({ top }) => top >= 0) ?? inView[0];
}

/** Measures the text of a message: its author line disappears when an older message of the same group loads above. */
const topIn = (element: HTMLElement, row: Element): number =>
  (row.querySelector('[data-said]') ?? row).getBoundingClientRect().top - element.getBoundingClientRect().top;
