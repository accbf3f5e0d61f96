import { useCallback, useRef, type RefObject } from 'react';

/** Less is a matter of rounding, in pixels. */
const tolerance = 1;
/** After going elsewhere on purpose the list is measured where one arrives for this long, in milliseconds. */
const arrivalMs = 300;

/** The message at the top of the view, and how far below the edge it begins, in pixels. */
interface Place {
  readonly row: Element;
  readonly top: number;
}

export interface ScrollAnchor {
  /** This is where the reader is: to be called when they have scrolled. */
  readonly note: () => void;
  /** The reader goes elsewhere by other means than scrolling. */
  readonly depart: () => void;
  /** Brings them back to where they were: to be called when something may have moved. */
  readonly restore: () => void;
}

/**
 * Holds what is being read where it is, whatever is put above it, or grows or shrinks there: pages of history, and the lines of days and
 * topics in front of a message. The virtual list knows of whole rows, and for a while after a page holds them by their end; what a reader
 * looks at is the message.
 */
export function useScrollAnchor(scroller: RefObject<HTMLElement | null>): ScrollAnchor {
  const place = useRef<Place>(undefined);
  const departedAt = useRef(Number.NEGATIVE_INFINITY);
  const note = useCallback(() => {
    const element = scroller.current;
    const { current } = place;
    // It stands where it stood: the list has moved by itself, and the rows around it may not be measured yet.
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

/** The first message that begins in view; of one that fills it, that one. */
function placeIn(element: HTMLElement): Place | undefined {
  const rows = [...element.querySelectorAll('[data-row]')].map((row) => ({ row, top: topIn(element, row) }));
  const inView = rows.filter(({ row, top }) => top < element.clientHeight && top + row.clientHeight > 0);
  return inView.find(({ top }) => top >= 0) ?? inView[0];
}

/** A message loses its author's name when it is found to go on what the one above it began: what it says is what stays. */
const topIn = (element: HTMLElement, row: Element): number =>
  (row.querySelector('[data-said]') ?? row).getBoundingClientRect().top - element.getBoundingClientRect().top;
