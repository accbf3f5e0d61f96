import { useCallback } from 'react';
import type { Problem } from '../../../contract/errors.ts';
import type { User } from '../../../contract/workspace.ts';
import { useRequest } from '../ui/use-request.ts';
import { useWorkspace } from './workspace-context.ts';

/** Limit of people; typing narrows them down. */
const offered = 20;
/** Delay between the last key stroke and the request, in milliseconds. */
const pauseMs = 120;

const nobody: readonly User[] = [];

export interface PeopleFound {
  /** Sorted by name; stay until the next answer arrives. */
  readonly people: readonly User[];
  /** True until the first answer. */
  readonly loading: boolean;
  readonly problem: Problem | undefined;
}

/** Members of the workspace whose name or id contains the query. */
export function usePeople(query: string): PeopleFound {
  const { streambed, workspaceId } = useWorkspace();
  const q = query.trim().replace(/^@/, '').slice(0, 80);
  const load = useCallback(
    async (signal: AbortSignal) => {
      const page = await streambed.workspace(workspaceId).members.list({ q: q === '' ? undefined : q, limit: offered }, { signal });
      return page.items;
    },
    [streambed, workspaceId, q],
  );
  const { value, problem } = useRequest(load, { pauseMs: q === '' ? 0 : pauseMs });
  return { people: value ?? nobody, loading: value === undefined && problem === undefined, problem };
}
