import type { Transaction } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';

/** Searches of a workspace that run at once. */
const running = 2;
/** Further searches that wait for one of those to end, half a second at most. More would occupy environments that other workspaces need. */
const waiting = 2;
/** Time limit of each statement of a search. */
const searchMs = 3_000;

/** SQLSTATEs: no lock within `lock_timeout`, and cancelled by `statement_timeout`. */
const lockTimeout = '55P03';
const cancelled = '57014';

const placeLock = (place: string): string => `hashtextextended('search ' || $1 || ' ' || ${place}, 0)`;
const anyOf = (from: number, count: number): string =>
  Array.from({ length: count }, (_, i) => `pg_try_advisory_xact_lock(${placeLock(`'${from + i}'`)})`).join(' or ');

/**
 * Takes one of the workspace's two places for searches until the transaction ends, and sets the time limit of its statements. When both are
 * taken, two further searches wait for half a second. Throws `rate_limited` for all others, so that a workspace that searches without end
 * neither fills the database's processors nor the environments of search.
 */
export async function takeSearchPlace(tx: Transaction, waitMs = 500): Promise<void> {
  const [taken] = await tx.query<{ place: 'run' | 'wait' | null }>(
    `select set_config('statement_timeout', $2, true),
       case when ${anyOf(1, running)} then 'run' when ${anyOf(1 + running, waiting)} then 'wait' end as place`,
    [tx.workspaceId, String(searchMs)],
  );
  if (taken?.place === 'run') return;
  if (taken?.place !== 'wait') throw tooMany();
  await tx.query(`select set_config('lock_timeout', $1, true)`, [String(waitMs)]);
  const place = String(1 + Math.floor(Math.random() * running));
  try {
    await tx.query(`select pg_advisory_xact_lock(${placeLock('$2')}), set_config('lock_timeout', '0', true)`, [tx.workspaceId, place]);
  } catch (error) {
    throw sqlStateOf(error) === lockTimeout ? tooMany() : error;
  }
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

const tooMany = () => new AppError('rate_limited', 'A workspace runs two searches at once.', { retryAfterSeconds: 1 });
const sqlStateOf = (thrown: unknown): unknown => (thrown instanceof Error && 'code' in thrown ? thrown.code : undefined);
