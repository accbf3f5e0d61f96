import { useState } from 'react';
import { problemOf } from '../../../client/errors.ts';
import type { Problem } from '../../../contract/errors.ts';

export interface Task {
  readonly busy: boolean;
  /** Why the last try failed. */
  readonly problem: Problem | undefined;
  /** Does it, one at a time; says whether it worked. */
  readonly run: (action: () => Promise<unknown>) => Promise<boolean>;
}

/** Something a button does: that it is being done, and what went wrong. */
export function useTask(): Task {
  const [state, setState] = useState<{ busy: boolean; problem?: Problem }>({ busy: false });
  const run = async (action: () => Promise<unknown>): Promise<boolean> => {
    if (state.busy) return false;
    setState({ busy: true });
    try {
      await action();
      setState({ busy: false });
      return true;
    } catch (error) {
      setState({ busy: false, problem: problemOf(error) });
      return false;
    }
  };
  return { busy: state.busy, problem: state.problem, run };
}
