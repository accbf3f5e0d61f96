import type { TestApp } from './app.ts';

/** Calls `step` before each statement; an error of it ends the transaction, which is rolled back. */
export const mortalDatabase = (db: TestApp['db'], step: () => void): TestApp['db'] => ({
  ...db,
  transaction: (scope, work, lock) =>
    db.transaction(
      scope,
      (tx) =>
        work({
          ...tx,
          async query(text, values) {
            step();
            return tx.query(text, values);
          },
          defer(text, values) {
            step();
            tx.defer(text, values);
          },
        }),
      lock,
    ),
});

/** Calls `step` before each message. */
export const mortalQueues = ({ queues }: Pick<TestApp, 'queues'>, step: () => void): TestApp['queues'] => ({
  async send(url, messages) {
    step();
    return queues.send(url, messages);
  },
  async sendLater(url, body, delaySeconds, group) {
    step();
    await queues.sendLater(url, body, delaySeconds, group);
  },
});
