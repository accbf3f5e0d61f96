import { useCallback, useEffect, useState, type RefObject } from 'react';
import { problemOf } from '../../../../client/errors.ts';
import type { LiveSnapshot, LiveStream } from '../../../../client/stream/live-stream.ts';
import type { Problem } from '../../../../contract/errors.ts';

/** Older messages load when less than this is left above, in pixels, so that the reader seldom meets the top. */
const ahead = 900;

export interface OlderMessages {
  /** Checks the distance to the top; callers run it after each scroll. */
  readonly check: () => void;
  /** The failure of the last page; loading stops until `retry`. */
  readonly problem: Problem | undefined;
  readonly retry: () => void;
}

/** Loads older messages as the reader nears the top. */
export function useOlderMessages(
  live: LiveStream,
  { hasOlder, loadingOlder, events }: LiveSnapshot,
  scrollerRef: RefObject<HTMLElement | null>,
): OlderMessages {
  const [problem, setProblem] = useState<Problem>();
  const wanted = hasOlder && !loadingOlder && problem === undefined && events.length > 0;
  const check = useCallback(() => {
    const element = scrollerRef.current;
    if (!wanted || !element || element.scrollTop > ahead) return;
    live.loadOlder().catch((error: unknown) => setProblem(problemOf(error)));
  }, [live, scrollerRef, wanted]);
  const retry = useCallback(() => setProblem(undefined), []);
  // A page may be too short to fill the view, and then no scroll event follows.
  useEffect(check, [check, events]);
  return { check, problem, retry };
}
