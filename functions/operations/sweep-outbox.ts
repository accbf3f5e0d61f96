import { metric } from '../../contract/names.ts';
import type { App } from '../platform/app.ts';
import { forgetPublished, listUnpublished, publish } from '../platform/outbox.ts';

/** A request that is still at it sends its own rows; only what is older than this was left behind. */
const graceMilliseconds = 5_000;
const batch = 500;
/** How long the outbox is kept: it is also the log of the workspace's feed. */
const keptMilliseconds = 7 * 24 * 3_600_000;

/** Sends what was promised and never sent, and drops what is old. Safe to repeat: queues drop a known id, clients a known position. */
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
