import { useCallback, useEffect, useRef, useState, type RefObject } from 'react';
import { useScrollAnchor } from './use-scroll-anchor.ts';

/** Smaller distances count as the end, in pixels. */
const endTolerance = 40;
/** The list moves by itself for this long after a resize, while rows are measured; in milliseconds. */
const settleMs = 200;
/** A scroll this soon after a wheel, touch or key event comes from the reader; in milliseconds. */
const intentMs = 600;

export interface FollowEnd {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly content: RefObject<HTMLDivElement | null>;
  /** The newest message is in view. */
  readonly atEnd: boolean;
  readonly toEnd: () => void;
  /** Restores the scroll position; callers run it when rows have changed or have been measured. */
  readonly hold: () => void;
  /** Announces a jump by other means than scrolling. */
  readonly intend: () => void;
  readonly onScroll: () => void;
}

/**
 * Keeps a list at its end while rows are added, measured or resized. Once the reader scrolls away it keeps their place instead; scrolling
 * back to the end follows again.
 */
export function useFollowEnd(): FollowEnd {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const last = useRef({ top: 0, resizedAt: 0, intentAt: 0 });
  const [atEnd, setAtEnd] = useState(true);
  const { note, depart, restore } = useScrollAnchor(scroller);

  const hold = useCallback(() => {
    const element = scroller.current;
    last.current.resizedAt = performance.now();
    if (!following.current) restore();
    else if (element) element.scrollTop = element.scrollHeight;
  }, [restore]);
  const toEnd = useCallback(() => {
    following.current = true;
    setAtEnd(true);
    hold();
  }, [hold]);
  const watch = useCallback(() => {
    last.current.intentAt = performance.now();
  }, []);
  const intend = useCallback(() => {
    watch();
    depart();
  }, [watch, depart]);
  const onScroll = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    const { top, resizedAt, intentAt } = last.current;
    const now = performance.now();
    const distance = element.scrollHeight - element.clientHeight - element.scrollTop;
    // Measuring rows moves the list as well; only an upward move of the reader leaves the end.
    const leaves = element.scrollTop < top - 1 && (now - intentAt < intentMs || now - resizedAt > settleMs);
    last.current.top = element.scrollTop;
    if (distance <= endTolerance) following.current = true;
    else if (leaves) following.current = false;
    setAtEnd(following.current);
    note();
  }, [note]);

  useResizeWatch(scroller, content, hold);
  useIntentWatch(scroller, watch, depart);
  return { scroller, content, atEnd, toEnd, hold, intend, onScroll };
}

function useResizeWatch(scroller: RefObject<HTMLElement | null>, content: RefObject<HTMLElement | null>, onResize: () => void): void {
  useEffect(() => {
    const observer = new ResizeObserver(onResize);
    for (const { current } of [scroller, content]) if (current) observer.observe(current);
    return () => observer.disconnect();
  }, [scroller, content, onResize]);
}

const intentions = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const;

function useIntentWatch(scroller: RefObject<HTMLElement | null>, onIntent: () => void, onKey: () => void): void {
  useEffect(() => {
    const element = scroller.current;
    for (const type of intentions) element?.addEventListener(type, onIntent, { passive: true });
    element?.addEventListener('keydown', onKey);
    return () => {
      for (const type of intentions) element?.removeEventListener(type, onIntent);
      element?.removeEventListener('keydown', onKey);
    };
  }, [scroller, onIntent, onKey]);
}
