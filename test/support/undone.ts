import type { Database, Scope, Transaction } from '../../functions/platform/database.ts';

/**
 * A database that rolls back: each transaction runs to its end, deferred statements included, and returns its result, then is rolled
 * back. One workspace can serve any number of attempts.
 */
export function undone(db: Database): Database {
  return {
    ...db,
    get statements() {
      return db.statements;
    },
    async transaction<Result>(scope: Scope, work: (tx: Transaction) => Promise<Result>): Promise<Result> {
      try {
        return await db.transaction(scope, async (tx) => {
          const deferred: Promise<unknown>[] = [];
          const result = await work({ ...tx, defer: (text, values) => void deferred.push(tx.query(text, values)) });
          await Promise.all(deferred);
          throw new Undo(result);
        });
      } catch (error) {
        if (error instanceof Undo) return error.result as Result;
        throw error;
      }
    },
  };
}

class Undo extends Error {
  readonly result: unknown;
  constructor(result: unknown) {
    super('Done, and taken back');
    this.result = result;
  }
}
