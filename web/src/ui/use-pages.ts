import { useCallback, useEffect, useRef, useState } from 'react';
import { problemOf } from '../../../client/errors.ts';
import type { Problem } from '../../../contract/errors.ts';

export interface Pages<Item> {
  readonly items: readonly Item[];
  readonly loading: boolean;
  readonly problem: Problem | undefined;
  readonly hasMore: boolean;
  /** Reads the next page, or tries again what failed. */
  readonly more: () => void;
  /** Reads the first page again; what is shown stays until it has come. */
  readonly reload: () => void;
  /** Changes what is shown, where it is known already what reading it anew would give. */
  readonly change: (how: (items: readonly Item[]) => readonly Item[]) => void;
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}
/** Reads a page of a list. Another function is another list. */
export type LoadPage<Item> = (cursor: string | undefined, signal: AbortSignal) => Promise<Page<Item>>;

interface State<Item> {
  readonly items: readonly Item[];
  readonly nextCursor?: string | null;
  readonly problem?: Problem;
  /** Which list was read last; another one that is wanted is loading. */
  readonly of?: LoadPage<Item>;
  readonly busy: boolean;
}

/** A list that is read page by page. When another list is wanted, what was there stays until its first page has come. */
export function usePages<Item>(load: LoadPage<Item>): Pages<Item> {
  const [state, setState] = useState<State<Item>>({ items: [], busy: false });
  const running = useRef<AbortController>(undefined);

  const read = useCallback(
    async (cursor: string | undefined) => {
      running.current?.abort();
      const { signal } = (running.current = new AbortController());
      try {
        const { items, nextCursor } = await load(cursor, signal);
        if (signal.aborted) return;
        setState((before) => ({ items: cursor === undefined ? items : [...before.items, ...items], nextCursor, of: load, busy: false }));
      } catch (error) {
        if (!signal.aborted) setState((before) => ({ ...before, of: load, busy: false, problem: problemOf(error) }));
      }
    },
    [load],
  );
  useEffect(() => {
    void read(undefined);
    return () => running.current?.abort();
  }, [read]);

  const { items, nextCursor, problem } = state;
  const loading = state.busy || state.of !== load;
  const more = useCallback(() => {
    setState((before) => ({ ...before, busy: true }));
    void read(nextCursor ?? undefined);
  }, [read, nextCursor]);
  const reload = useCallback(() => void read(undefined), [read]);
  const change = useCallback((how: (items: readonly Item[]) => readonly Item[]) => {
    setState((before) => ({ ...before, items: how(before.items) }));
  }, []);
  return { items, loading, problem: loading ? undefined : problem, hasMore: typeof nextCursor === 'string', more, reload, change };
}
