import { metric } from '../../contract/names.ts';
import type { App } from '../platform/app.ts';
import type { OutboxRow } from '../platform/outbox/outbox-row.ts';
import { dropDays, forgetStrays, listWaiting, makeDays, noteRefused, readState } from '../platform/outbox/outbox-store.ts';
import { publish } from '../platform/outbox.ts';

/** Age at which an unsent row counts as left behind: a running request sends its own rows. */
const graceMilliseconds = 5_000;
const batch = 500;
/** Attempts before a row that the queue refuses is parked, one a sweep. */
const maxAttempts = 5;
/** Retention of the outbox, which is also the log of the workspace's feed. */
const keptMilliseconds = 7 * 24 * 3_600_000;
/** Days whose tables are made ahead. A row of a day without a table is stored all the same. */
const daysAhead = 3;
const strayBatch = 5_000;

type SweepApp = Pick<App, 'db' | 'queues' | 'fanOutQueueUrl' | 'clock' | 'log' | 'metrics'>;

/**
 * Publishes outbox rows that were never sent, and forgets old ones. Safe to repeat: the queue deduplicates by id, clients by position.
 * `forgotten` counts dropped days, and deleted rows of days without a table.
 */
export async function sweepOutbox(app: SweepApp, timeLeft: () => number): Promise<{ sent: number; parked: number; forgotten: number }> {
  // First, so that the age is known also when the queue does not answer.
  await reportState(app);
  const { sent, parked } = await sendWaiting(app, timeLeft);
  const forgotten = await keepDays(app, timeLeft);
  if (sent > 0) {
    app.metrics.count(metric.outboxSwept, sent);
    app.log.warn('Sent what was left behind', { sent });
  }
  return { sent, parked, forgotten };
}

async function reportState(app: SweepApp): Promise<void> {
  const { oldest, parked } = await readState(app);
  const age = oldest ? app.clock.now().getTime() - oldest.getTime() : 0;
  app.metrics.milliseconds(metric.outboxAge, Math.max(0, age));
  app.metrics.count(metric.outboxParked, parked);
}

/** Publishes page by page. Rows that the queue does not take stay behind, so they never stop the rows of others. */
async function sendWaiting(app: SweepApp, timeLeft: () => number): Promise<{ sent: number; parked: number }> {
  const done = { sent: 0, parked: 0 };
  const before = new Date(app.clock.now().getTime() - graceMilliseconds);
  for (let behind = 0; timeLeft() > 10_000;) {
    const rows = await listWaiting(app, before, behind, batch);
    if (rows.length === 0) return done;
    const { taken, refused } = await publish(app, rows);
    done.sent += taken.length;
    if (refused.length > 0) done.parked += await park(app, refused);
    if (rows.length < batch) return done;
    behind = rows.at(-1)?.place ?? behind;
  }
  return done;
}

async function park(app: SweepApp, refused: readonly OutboxRow[]): Promise<number> {
  const parked = await noteRefused(app, refused, maxAttempts);
  const ids = refused.map(({ id }) => id);
  app.log.error('The queue refused outbox rows', { rows: ids, parked });
  return parked;
}

/** Makes the tables of the next days and drops those of old ones. A lock that is not free is left to the next sweep. */
async function keepDays(app: SweepApp, timeLeft: () => number): Promise<number> {
  const now = app.clock.now();
  const old = new Date(now.getTime() - keptMilliseconds);
  let forgotten = 0;
  try {
    await makeDays(app, now, daysAhead);
    forgotten += await dropDays(app, old);
  } catch (error) {
    if ((error as { code?: unknown }).code !== lockNotAvailable) throw error;
    app.log.warn('The days of the outbox are left to the next sweep', { error: error as Error });
  }
  for (let more = true; more && timeLeft() > 5_000;) {
    const gone = await forgetStrays(app, old, strayBatch);
    forgotten += gone;
    more = gone === strayBatch;
  }
  return forgotten;
}
const lockNotAvailable = '55P03';
