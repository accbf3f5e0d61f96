import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import type pg from 'pg';
import type { WorkspaceId } from '../../contract/ids.ts';
import { SearchQuery } from '../../contract/search.ts';
import { createDatabase } from '../../functions/platform/database.ts';
import { AppError } from '../../functions/platform/errors.ts';
import { searchEvents } from '../../functions/streams/reading/search-events.ts';
import { appOver, callerOf } from './use-case-app.ts';

/** Members of one workspace who search for the same words again and again. */
export interface Searchers {
  readonly address: pg.ClientConfig;
  readonly workspaceId: WorkspaceId;
  readonly userId: string;
  readonly words: string;
  readonly count: number;
}

/** Numbers of searches that were answered, and of those that were refused as too many. */
export interface Searched {
  readonly found: number;
  readonly refused: number;
}

/**
 * Starts searchers in a thread of their own, as search has a function of its own; resolves when they search. The call ends them and returns
 * what they did.
 */
export async function startSearchers(searchers: Searchers): Promise<() => Promise<Searched>> {
  const thread = new Worker(new URL(import.meta.url), { workerData: searchers });
  const heard = (): Promise<unknown> =>
    new Promise((resolve, reject) => {
      thread.once('message', resolve).once('error', reject);
    });
  await heard();
  return async () => {
    const searched = heard();
    thread.postMessage('end');
    return (await searched) as Searched;
  };
}

/** Opens the connection of one searcher. */
async function openSearcher({ address, workspaceId, userId, words }: Searchers) {
  const db = createDatabase(async () => address);
  const app = appOver(db);
  /** Returns false where the workspace searches too much at once, after the pause that is asked for. */
  const search = async (end?: AbortSignal): Promise<boolean> => {
    try {
      await searchEvents(app, callerOf(workspaceId, userId), SearchQuery.parse({ q: words }));
      return true;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'rate_limited') throw error;
      await pause(1_000 * (error.retryAfterSeconds ?? 1), undefined, { signal: end }).catch(() => undefined);
      return false;
    }
  };
  return { search, close: () => db.close() };
}

/** Searches until the end, and waits as long as it is told when it is refused. */
async function searchUntil(end: AbortSignal, { search, close }: Awaited<ReturnType<typeof openSearcher>>): Promise<Searched> {
  let [found, refused] = [0, 0];
  while (!end.aborted) {
    if (await search(end)) found++;
    else refused++;
  }
  await close();
  return { found, refused };
}

if (parentPort !== null && workerData !== null) {
  const port = parentPort;
  const searchers = workerData as Searchers;
  const end = new AbortController();
  const opened = [];
  for (let i = 0; i < searchers.count; i++) {
    const searcher = await openSearcher(searchers);
    while (!(await searcher.search()));
    opened.push(searcher);
  }
  port.once('message', () => end.abort());
  port.postMessage('started');
  const all = await Promise.all(opened.map((searcher) => searchUntil(end.signal, searcher)));
  const total = (of: (searched: Searched) => number): number => all.reduce((sum, one) => sum + of(one), 0);
  port.postMessage({ found: total(({ found }) => found), refused: total(({ refused }) => refused) });
}
