import type { Database, Transaction } from '../../functions/platform/database.ts';

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
