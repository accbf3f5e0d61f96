import { useCallback } from 'react';
import { useStreamList, useWorkspace } from './workspace-context.ts';

/** Display names: the current name, else the earlier one, else the id. */
export function useNameOf(): (userId: string, known?: string) => string {
  const { me } = useWorkspace();
  const { people } = useStreamList();
  return useCallback(
    (userId: string, known?: string) => (userId === me.id ? me.name : (people.get(userId) ?? known ?? userId)),
    [me, people],
  );
}
