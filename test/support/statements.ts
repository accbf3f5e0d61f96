import type { TestApp } from './app.ts';

/** Returns how many statements the app sends to the database while `work` is done. */
export async function countStatements(app: Pick<TestApp, 'db'>, work: () => Promise<unknown>): Promise<number> {
  const before = app.db.statements;
  await work();
  return app.db.statements - before;
}
