import { useCallback, useEffect, useRef, useState } from 'react';
import type { Problem } from '../../../contract/errors.ts';
import { useLive } from './use-live.ts';
import { LatestRequest } from './use-request.ts';

export interface Pages<Item> {
  readonly items: readonly Item[];
  readonly loading: boolean;
  readonly problem: Problem | undefined;
  readonly hasMore: boolean;
  /** Reads the next page, or retries the failed one. */
  readonly more: () => void;
  /** Reads the first page again; the items stay until it arrives. */
  readonly reload: () => void;
  /** Changes the items without a request, where the caller knows what a request would give. */
  readonly change: (how: (items: readonly Item[]) => readonly Item[]) => void;
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}
/** The pages read so far, and the list that they are of. */
interface Listed<Item> extends Page<Item> {
  readonly load: LoadPage<Item>;
}
/** Reads a page of a list. Another function is another list. */
export type LoadPage<Item> = (cursor: string | undefined, signal: AbortSignal) => Promise<Page<Item>>;

const none: readonly never[] = [];

/** Reads a list page by page. When the list changes, the items stay until its first page arrives. One value needs `useRequest` only. */
export function usePages<Item>(load: LoadPage<Item>): Pages<Item> {
  const [latest] = useState(() => new LatestRequest<Listed<Item>>());
  const { key, state, value, problem } = useLive(latest);
  /** The cursor of the last attempt: after a failure it is the one to try again. */
  const lastCursor = useRef<string>(undefined);
  const read = useCallback(
    (cursor: string | undefined, quiet = false) => {
      lastCursor.current = cursor;
      const loadPage = async (signal: AbortSignal): Promise<Listed<Item>> => {
        const page = await load(cursor, signal);
        if (cursor === undefined) return { ...page, load };
        return { ...page, load, items: [...(latest.getSnapshot().value?.items ?? none), ...page.items] };
      };
      latest.start(load, loadPage, { quiet });
    },
    [latest, load],
  );
  useEffect(() => {
    read(undefined);
    return () => latest.stop();
  }, [latest, read]);

  // The items of the list before stay while another one is read; its cursor means nothing there.
  const nextCursor = value?.load === load ? value.nextCursor : undefined;
  const loading = key !== load || state === 'loading';
  const more = useCallback(() => read(state === 'failed' ? lastCursor.current : (nextCursor ?? undefined)), [read, state, nextCursor]);
  const reload = useCallback(() => read(undefined, true), [read]);
  const change = useCallback(
    (how: (items: readonly Item[]) => readonly Item[]) => latest.change((page) => ({ ...page, items: how(page.items) })),
    [latest],
  );
  return {
    items: value?.items ?? none,
    loading,
    problem: loading ? undefined : problem,
    hasMore: typeof nextCursor === 'string',
    more,
    reload,
    change,
  };
}
