import type { Transaction } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';

/** Time limit of each statement of a search. */
const searchMs = 3_000;
/** Longest wait for a search that runs, before another one runs beside it. */
const turnMs = 100;
/** Longest rest of a place. */
const longestRestMs = 1_000;

/** SQLSTATE: cancelled by `statement_timeout`. */
const cancelled = '57014';

/** Place of a search: `shared` where others of the workspace search at the same time. */
export type SearchPlace = 'alone' | 'shared';

/**
 * Takes one of the workspace's two places for searches until the transaction ends, and sets the time limit of its statements. When both are
 * taken, two further searches wait for half a second. Throws `rate_limited` for all others, so that a workspace that searches without end
 * neither fills the database's processors nor the environments of search. Short searches run one at a time.
 */
export async function takeSearchPlace(tx: Transaction, waitMs = 500): Promise<SearchPlace> {
  const [taken] = await tx.query<{ place: SearchPlace | null }>(
    `select set_config('statement_timeout', $1, true), search_place($2, $3) as place`,
    [String(searchMs), waitMs, turnMs],
  );
  if (!taken?.place) throw new AppError('rate_limited', 'A workspace runs two searches at once.', { retryAfterSeconds: 1 });
  return taken.place;
}

/**
 * Keeps the place without work for as long as its search took, a second at most, where others search or wait at the same time. A workspace
 * whose searches queue up takes half of the processor time of its places, and the posts of others keep the rest.
 */
export function restSearchPlace(tx: Transaction, place: SearchPlace, tookMs: number): void {
  tx.defer('select search_rest($1, $2)', [place, Math.min(tookMs, longestRestMs)]);
}

/** Resolves as `work` does. Throws `too_broad` when the time limit of `takeSearchPlace` ends it. */
export async function withinSearchTime<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (sqlStateOf(error) !== cancelled) throw error;
    throw new AppError('too_broad', 'The search took too long. Add a word, a stream or a time.');
  }
}

const sqlStateOf = (thrown: unknown): unknown => (thrown instanceof Error && 'code' in thrown ? thrown.code : undefined);
