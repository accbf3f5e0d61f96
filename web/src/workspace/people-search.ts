import { useEffect, useState } from 'react';
import { problemOf } from '../../../client/errors.ts';
import type { Problem } from '../../../contract/errors.ts';
import type { User } from '../../../contract/workspace.ts';
import { useWorkspace } from './workspace-context.ts';

/** How many people are offered at once; typing narrows them down. */
const offered = 20;
/** Waited before asking, so that not every key is a question; in milliseconds. */
const pauseMs = 120;

export interface PeopleFound {
  /** By name; those of the last question stay until the next is answered. */
  readonly people: readonly User[];
  readonly loading: boolean;
  readonly problem: Problem | undefined;
}

/** The members of the workspace whose name or id holds the query. */
export function usePeople(query: string): PeopleFound {
  const { streambed, workspaceId } = useWorkspace();
  const [found, setFound] = useState<PeopleFound>({ people: [], loading: true, problem: undefined });
  const q = query.trim().replace(/^@/, '').slice(0, 80);
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    const ask = async (): Promise<void> => {
      try {
        const { items } = await streambed.workspace(workspaceId).members.list({ q: q === '' ? undefined : q, limit: offered }, { signal });
        if (!signal.aborted) setFound({ people: items, loading: false, problem: undefined });
      } catch (error) {
        if (!signal.aborted) setFound((before) => ({ ...before, loading: false, problem: problemOf(error) }));
      }
    };
    const timer = setTimeout(() => void ask(), q === '' ? 0 : pauseMs);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [streambed, workspaceId, q]);
  return found;
}
