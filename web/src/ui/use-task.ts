import { useState } from 'react';
import { problemOf } from '../../../client/errors.ts';
import type { Problem } from '../../../contract/errors.ts';

/** One action of a button. A value that the page reads by itself needs `useRequest`, a list `usePages`. */
export interface Task {
  readonly busy: boolean;
  /** The failure of the last attempt. */
  readonly problem: Problem | undefined;
  /** Runs the action unless one is running; resolves to true when it succeeded. */
  readonly run: (action: () => Promise<unknown>) => Promise<boolean>;
}

/** Runs actions one at a time, and holds their progress and failure. */
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
