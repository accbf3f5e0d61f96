import type { LiveState } from '../../../client/stream/live-stream.ts';
import type { Problem } from '../../../contract/errors.ts';
import { isSignedOut, sentenceOf, signedOutReason } from '../ui/problem-words.ts';
import { timeOf, type Zone } from '../ui/times.ts';

export interface Banner {
  readonly tone: 'quiet' | 'warning' | 'error';
  readonly text: string;
  /** Delay before the banner appears: brief interruptions need none. */
  readonly afterMs: number;
  readonly action?: 'sign-in' | 'reload';
}

interface Connection {
  readonly state: LiveState;
  readonly offlineSince?: number;
  readonly problem?: Problem;
}

/** The banner for a state of the connection; undefined when all is well. */
export function bannerOf({ state, offlineSince, problem }: Connection, zone?: Zone): Banner | undefined {
  if (problem) return problemBanner(problem);
  switch (state) {
    case 'live':
      return undefined;
    case 'connecting':
      return { tone: 'quiet', text: 'Connecting…', afterMs: 600 };
    case 'catching up':
      return { tone: 'quiet', text: 'Catching up on what you missed…', afterMs: 300 };
    case 'offline': {
      const since = offlineSince === undefined ? '' : ` since ${timeOf(offlineSince, zone)}`;
      return { tone: 'warning', text: `Offline${since}. What you send waits here and goes out when the connection is back.`, afterMs: 0 };
    }
    default: {
      const never: never = state;
      throw new Error(`unknown state ${String(never)}`);
    }
  }
}

function problemBanner(problem: Problem): Banner {
  if (isSignedOut(problem)) return { tone: 'error', text: signedOutReason(problem), afterMs: 0, action: 'sign-in' };
  return { tone: 'error', text: `Live updates stopped. ${sentenceOf(problem)}`, afterMs: 0, action: 'reload' };
}
