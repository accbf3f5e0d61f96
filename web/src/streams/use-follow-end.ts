import { useCallback, useEffect, useRef, useState, type RefObject } from 'react';

/** Nearer to the end than this counts as being there, in pixels. */
const endTolerance = 40;

export interface FollowEnd {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly content: RefObject<HTMLDivElement | null>;
  /** Whether the newest message is in view. */
  readonly atEnd: boolean;
  readonly toEnd: () => void;
  /** To be called when the rows have changed. */
  readonly hold: () => void;
  readonly onScroll: () => void;
}

/**
 * Keeps a scrolled list at its end while new things are added there, measured or resized, until the reader scrolls away; coming
 * back to the end takes it up again.
 */
export function useFollowEnd(): FollowEnd {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const lastTop = useRef(0);
  const [atEnd, setAtEnd] = useState(true);

  const hold = useCallback(() => {
    const element = scroller.current;
    if (element && following.current) element.scrollTop = element.scrollHeight;
  }, []);
  const toEnd = useCallback(() => {
    following.current = true;
    setAtEnd(true);
    hold();
  }, [hold]);
  const onScroll = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    const distance = element.scrollHeight - element.clientHeight - element.scrollTop;
    // The list also grows by itself; only moving up is leaving.
    const movedUp = element.scrollTop < lastTop.current - 1;
    lastTop.current = element.scrollTop;
    if (distance <= endTolerance) following.current = true;
    else if (movedUp) following.current = false;
    setAtEnd(following.current);
  }, []);

  useEffect(() => {
    const observer = new ResizeObserver(hold);
    for (const element of [scroller.current, content.current]) if (element) observer.observe(element);
    return () => observer.disconnect();
  }, [hold]);

  return { scroller, content, atEnd, toEnd, hold, onScroll };
}
