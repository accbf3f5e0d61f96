import { useEffect, useEffectEvent, useState, type KeyboardEvent, type RefObject } from 'react';
import type { VirtualizerHandle } from 'virtua';
import type { StreamEvent } from '../../../contract/event.ts';
import { lastOwnEvent, type EventRow, type Row } from './timeline.ts';

export interface RowKeysOptions {
  readonly rows: readonly Row[];
  readonly me: string;
  readonly virtual: RefObject<VirtualizerHandle | null>;
  readonly scroller: RefObject<HTMLElement | null>;
  readonly onEdit: (eventId: string) => void;
  readonly onDelete: (event: StreamEvent) => void;
  readonly onLeave: () => void;
  readonly toEnd: () => void;
}

export interface RowKeys {
  /** The row that the keyboard is on. */
  readonly active: string | undefined;
  readonly setActive: (key: string | undefined) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/** Moving among messages, and acting on them, with the keyboard. */
export function useRowKeys(options: RowKeysOptions): RowKeys {
  const { rows, me, virtual, scroller } = options;
  const [active, setActive] = useState<string>();
  /** Where the arrow keys lead; a new object each time, as the way may lead to the same row again. */
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

  const move = (step: number): void => {
    const now = rows.findIndex((row) => row.key === active);
    const next = rows[now < 0 ? rows.length - 1 : Math.min(Math.max(now + step, 1), rows.length - 1)];
    if (!next || next.kind === 'top') return;
    setActive(next.key);
    setGoal({ key: next.key });
  };
  const ownEvent = (): StreamEvent | undefined => {
    const row = rows.find((one): one is EventRow => one.kind === 'event' && one.key === active);
    if (row) return row.event.actorId === me && row.event.deletedAt === null ? row.event : undefined;
    return lastOwnEvent(
      rows.flatMap((one) => (one.kind === 'event' ? [one.event] : [])),
      me,
    );
  };
  const actions: Record<string, () => void> = {
    ArrowUp: () => move(-1),
    ArrowDown: () => move(1),
    End: () => {
      setActive(undefined);
      options.toEnd();
    },
    e: () => {
      const event = ownEvent();
      if (event) options.onEdit(event.id);
    },
    Delete: () => {
      const event = active === undefined ? undefined : ownEvent();
      if (event) options.onDelete(event);
    },
    Escape: options.onLeave,
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const action = actions[event.key === 'E' ? 'e' : event.key];
    if (!action) return;
    event.preventDefault();
    action();
  };
  return { active, setActive, onKeyDown };
}

const isTyping = (target: EventTarget): boolean =>
  target instanceof HTMLElement && target.closest('textarea, input, [contenteditable]') !== null;
