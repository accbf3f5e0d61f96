import type { Database, Transaction } from '../../functions/platform/database.ts';
import type { TestDatabase } from './database.ts';

/** A database whose next transaction stops at one place until it is let go. */
export interface PausedDatabase {
  readonly db: Database;
  /** Resolves when the transaction has stopped. */
  readonly stopped: Promise<void>;
  letGo(): void;
}

/** Stops the next transaction with a lock: after its first statement, which decides access, or before its commit. */
export function pauseTransaction(db: Database, where: 'after its first statement' | 'before its commit'): PausedDatabase {
  const stopped = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  let isArmed = true;
  const stop = async (): Promise<void> => {
    if (!isArmed) return;
    isArmed = false;
    stopped.resolve();
    await released.promise;
  };
  const paused = (tx: Transaction): Transaction => ({
    ...tx,
    async query<Row extends object>(text: string, values: readonly unknown[]) {
      const rows = await tx.query<Row>(text, values);
      if (where === 'after its first statement') await stop();
      return rows;
    },
  });
  return {
    stopped: stopped.promise,
    letGo: () => released.resolve(),
    db: {
      ...db,
      transaction: (scope, work, lock) =>
        db.transaction(
          scope,
          async (tx) => {
            const result = await work(paused(tx));
            if (where === 'before its commit') await stop();
            return result;
          },
          lock,
        ),
    },
  };
}

/** Runs two requests on connections of their own. The first does not commit before the second waits for a lock, or has ended. */
export async function overlap(
  test: TestDatabase,
  first: (db: Database) => Promise<unknown>,
  second: (db: Database) => Promise<unknown>,
): Promise<PromiseSettledResult<unknown>[]> {
  const paused = pauseTransaction(test.open(), 'before its commit');
  const one = first(paused.db);
  await Promise.race([paused.stopped, one.catch(() => undefined)]);
  const two = second(test.open());
  let isDone = false;
  const done = (): void => void (isDone = true);
  two.then(done, done);
  for (;;) {
    // A wait for a row names no database; the other locks of its session do.
    const { rows } = await test.owner.query<{ waiting: boolean }>(
      `select exists (
         select from pg_locks w join pg_locks held on held.pid = w.pid
         where not w.granted and held.database = (select oid from pg_database where datname = current_database())
       ) as waiting`,
    );
    if (isDone || rows[0]?.waiting) break;
  }
  paused.letGo();
  return Promise.allSettled([one, two]);
}
