import type { TestApp } from './app.ts';

/** Number of statements that the app sends to the database during `work`. */
export async function countStatements(app: Pick<TestApp, 'db'>, work: () => Promise<unknown>): Promise<number> {
  const before = app.db.statements;
  await work();
  return app.db.statements - before;
}
