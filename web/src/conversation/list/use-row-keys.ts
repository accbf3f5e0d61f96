import { useEffect, useEffectEvent, useRef, useState, type KeyboardEvent, type RefObject } from 'react';
import type { VirtualizerHandle } from 'virtua';
import type { StreamEvent } from '../../../../contract/event.ts';
import { commandOf, type RowCommand } from './row-commands.ts';
import { eventAt, eventToChange, neighbourOf, type Row } from '../timeline/timeline.ts';

export interface RowKeysOptions {
  readonly rows: readonly Row[];
  readonly me: string;
  readonly virtual: RefObject<VirtualizerHandle | null>;
  readonly scroller: RefObject<HTMLElement | null>;
  /** Acts on the row that the keyboard is on. */
  readonly onCommand: (
    command: EventCommand,
    row: { readonly own: StreamEvent | undefined; readonly event: StreamEvent | undefined },
  ) => void;
  readonly onLeave: () => void;
  readonly toEnd: () => void;
}

/** What is done with an event rather than with the list. */
export type EventCommand = Exclude<RowCommand, 'up' | 'down' | 'end' | 'leave' | 'type'>;

export interface RowKeys {
  /** The row that the keyboard is on. */
  readonly active: string | undefined;
  /** A row was reached: by the keyboard, or by a pointer. */
  readonly activate: (key: string | undefined, byKeyboard: boolean) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/** Moving among messages, and acting on them, with the keyboard. */
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
    const command =
      event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) ? undefined : commandOf(event.key, byKeyboard.current);
    if (!command) return;
    // A letter that is meant for the composer arrives there, because the focus is there before it is typed.
    if (command !== 'type') event.preventDefault();
    if (command === 'up' || command === 'down') move(command === 'up' ? -1 : 1);
    else if (command === 'end') {
      setActive(undefined);
      options.toEnd();
    } else if (command === 'leave' || command === 'type') options.onLeave();
    else options.onCommand(command, { own: eventToChange(rows, active, me), event: eventAt(rows, active) });
  };
  return { active, activate, onKeyDown };
}

/** Brings a row into view and puts the focus there. */
function useRowFocus({ rows, virtual, scroller }: RowKeysOptions): (key: string) => void {
  /** A new object each time, as the way may lead to the same row again. */
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
