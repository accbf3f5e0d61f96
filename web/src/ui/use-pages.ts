import { useCallback, useEffect, useState } from 'react';
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
/** Reads a page of a list. Another function is another list. */
export type LoadPage<Item> = (cursor: string | undefined, signal: AbortSignal) => Promise<Page<Item>>;

const none: readonly never[] = [];

/** Reads a list page by page. When the list changes, the items stay until its first page arrives. One value needs `useRequest` only. */
export function usePages<Item>(load: LoadPage<Item>): Pages<Item> {
  const [latest] = useState(() => new LatestRequest<Page<Item>>());
  const { key, state, value, problem } = useLive(latest);
  const read = useCallback(
    (cursor: string | undefined, quiet = false) => {
      const loadPage = async (signal: AbortSignal): Promise<Page<Item>> => {
        const page = await load(cursor, signal);
        if (cursor === undefined) return page;
        return { ...page, items: [...(latest.getSnapshot().value?.items ?? none), ...page.items] };
      };
      latest.start(load, loadPage, { quiet });
    },
    [latest, load],
  );
  useEffect(() => {
    read(undefined);
    return () => latest.stop();
  }, [latest, read]);

  const nextCursor = value?.nextCursor;
  const loading = key !== load || state === 'loading';
  const more = useCallback(() => read(nextCursor ?? undefined), [read, nextCursor]);
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
