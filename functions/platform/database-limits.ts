import type pg from 'pg';

/** Time to open a connection, in milliseconds: TLS and the password take 50 ms. */
export const connectMs = 2_000;
/** Time for the answer to the begin of a transaction, which waits for no lock. A server that is silent longer is taken as gone. */
export const openingMs = 1_000;
/** Time for the answer to any other statement. The server ends a statement one second earlier. */
export const statementMs = 16_000;
/** Idle time after which the connection is probed; the system gives it up ten seconds later. */
export const keepAliveMs = 3_000;

/**
 * Waits for the server's answer. Without one in time it destroys the connection, so that this and all other statements on it fail as
 * unavailable at once. The server rolls the transaction back when it sees the end of the connection.
 */
export async function answerWithin<Result>(limitMs: number, client: pg.Client, answer: Promise<Result>): Promise<Result> {
  let isAnswered = false;
  const timer = setTimeout(() => {
    // A process that was busy or frozen has the answer in its socket, which is read before the immediate runs.
    setImmediate(() => {
      const reason = `connection terminated: the database did not answer within ${limitMs} ms`;
      if (!isAnswered) client.connection.stream.destroy(Object.assign(new Error(reason), { code: 'ETIMEDOUT' }));
    });
  }, limitMs);
  try {
    return await answer;
  } finally {
    isAnswered = true;
    clearTimeout(timer);
  }
}
