import { metric } from '../../contract/names.ts';
import type { App } from '../platform/app.ts';
import { forgetPublished, listUnpublished, publish } from '../platform/outbox.ts';

/** Age at which an unsent row counts as left behind: a running request sends its own rows. */
const graceMilliseconds = 5_000;
const batch = 500;
/** Retention of the outbox, which is also the log of the workspace's feed. */
const keptMilliseconds = 7 * 24 * 3_600_000;

/** Publishes outbox rows that were never sent, and deletes old ones. Safe to repeat: the queue deduplicates by id, clients by position. */
export async function sweepOutbox(
  app: Pick<App, 'db' | 'queues' | 'fanOutQueueUrl' | 'clock' | 'log' | 'metrics'>,
  timeLeft: () => number,
): Promise<{ sent: number; forgotten: number }> {
  let sent = 0;
  for (let more = true; more && timeLeft() > 10_000;) {
    const rows = await listUnpublished(app, new Date(app.clock.now().getTime() - graceMilliseconds), batch);
    const taken = rows.length > 0 ? await publish(app, rows) : 0;
    sent += taken;
    more = rows.length === batch && taken > 0;
  }
  const forgotten = await forgetPublished(app, new Date(app.clock.now().getTime() - keptMilliseconds), 5_000);
  if (sent > 0) {
    app.metrics.count(metric.outboxSwept, sent);
    app.log.warn('Sent what was left behind', { sent });
  }
  return { sent, forgotten };
}
