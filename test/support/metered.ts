import type { Database, Transaction } from '../../functions/platform/database.ts';
import type { TestApp } from './app.ts';

/** Work of one request or frame. Bytes are those of JSON. */
export interface Work {
  statements: number;
  rows: number;
  bytesRead: number;
  messages: number;
  bytesSent: number;
}

/** An app that measures its work. `take` returns the work since the last call. */
export function metered<App extends Pick<TestApp, 'db' | 'queues'>>(app: App): { app: App; take(): Work } {
  const nothing = (): Work => ({ statements: 0, rows: 0, bytesRead: 0, messages: 0, bytesSent: 0 });
  let work = nothing();
  const sizeOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
  const read = async <Row extends object>(sent: Promise<Row[]>): Promise<Row[]> => {
    work.statements++;
    const rows = await sent;
    work.rows += rows.length;
    work.bytesRead += sizeOf(rows);
    return rows;
  };
  const inside = (tx: Transaction): Transaction => ({
    ...tx,
    query: (text, values) => read(tx.query(text, values)),
    deferRows: (text, values) => read(tx.deferRows(text, values)),
    defer(text, values) {
      work.statements++;
      tx.defer(text, values);
    },
  });
  const db: Database = {
    ...app.db,
    transaction: (scope, run, lock) => app.db.transaction(scope, (tx) => run(inside(tx)), lock),
    snapshot: (scope, run) => app.db.snapshot(scope, (tx) => run(inside(tx))),
    query: (text, values) => read(app.db.query(text, values)),
  };
  const queues: TestApp['queues'] = {
    async send(_url, messages) {
      work.messages += messages.length;
      work.bytesSent += sizeOf(messages);
      return { taken: new Set(messages.map(({ id }) => id)), refused: new Set() };
    },
    async sendLater(_url, body) {
      work.messages++;
      work.bytesSent += sizeOf(body);
    },
  };
  return {
    app: { ...app, db, queues },
    take() {
      const done = work;
      work = nothing();
      return done;
    },
  };
}
