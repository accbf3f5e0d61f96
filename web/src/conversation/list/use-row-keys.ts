import { useEffect, useEffectEvent, useRef, useState, type KeyboardEvent, type RefObject } from 'react';
import type { VirtualizerHandle } from 'virtua';
import { actionOfKey, type EventAction, type RowEvents } from './row-shortcuts.ts';
import { eventAt, eventToChange, neighbourOf, type Row } from '../timeline/timeline.ts';

interface RowKeysOptions {
  readonly rows: readonly Row[];
  readonly me: string;
  readonly virtual: RefObject<VirtualizerHandle | null>;
  readonly scroller: RefObject<HTMLElement | null>;
  /** Acts on the row that has the keyboard focus. */
  readonly onAction: (action: EventAction, row: RowEvents) => void;
  readonly onLeave: () => void;
  readonly toEnd: () => void;
}

export interface RowKeys {
  /** The key of the row that has the keyboard focus. */
  readonly active: string | undefined;
  /** Makes a row the active one, reached by keyboard or by pointer. */
  readonly activate: (key: string | undefined, byKeyboard: boolean) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/** Keyboard navigation among the rows, and the shortcuts that act on them. */
export function useRowKeys(options: RowKeysOptions): RowKeys {
  const { rows, me } = options;
  const [active, setActive] = useState<string>();
  const focus = useRowFocus(options);
  const byKeyboard = useRef(false);
  const activate = (key: string | undefined, keyed: boolean): void => {
    byKeyboard.current = keyed;
    if (key !== undefined) setActive(key);
  };
  const move = (step: 1 | -1): void => {
    const next = neighbourOf(rows, active, step);
    if (next === undefined) return;
    activate(next, true);
    focus(next);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const action =
      event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) ? undefined : actionOfKey(event.key, byKeyboard.current);
    if (!action) return;
    // A letter for the composer arrives there, because the focus moves before the browser inserts it.
    if (action !== 'type') event.preventDefault();
    if (action === 'up' || action === 'down') move(action === 'up' ? -1 : 1);
    else if (action === 'end') {
      setActive(undefined);
      options.toEnd();
    } else if (action === 'leave' || action === 'type') options.onLeave();
    else options.onAction(action, { own: eventToChange(rows, active, me), event: eventAt(rows, active) });
  };
  return { active, activate, onKeyDown };
}

/** Scrolls a row into view and focuses it. */
function useRowFocus({ rows, virtual, scroller }: RowKeysOptions): (key: string) => void {
  /** A new object each time, so that focusing the same row twice works twice. */
  const [goal, setGoal] = useState<{ readonly key: string }>();
  const focusRow = useEffectEvent((key: string) => {
    virtual.current?.scrollToIndex(
      rows.findIndex((row) => row.key === key),
      { align: 'nearest' },
    );
    scroller.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
  });
  useEffect(() => {
    if (goal) focusRow(goal.key);
  }, [goal]);
  return (key) => setGoal({ key });
}

const isTyping = (target: EventTarget): boolean =>
  target instanceof HTMLElement && target.closest('textarea, input, [contenteditable]') !== null;
