import { useCallback } from 'react';
import { useStreamList, useWorkspace } from './workspace-context.ts';

/** How to call people: by the name that they have now, else the one they had, else their id. */
export function useNameOf(): (userId: string, known?: string) => string {
  const { me } = useWorkspace();
  const { people } = useStreamList();
  return useCallback(
    (userId: string, known?: string) => (userId === me.id ? me.name : (people.get(userId) ?? known ?? userId)),
    [me, people],
  );
}
