import { metric } from '../../../contract/names.ts';
import type { App } from '../../platform/app.ts';
import { nudge } from '../../platform/nudge.ts';
import { withOutbox } from '../../platform/outbox.ts';
import type { OutboxApp } from '../../platform/outbox.ts';
import { deleteEvents } from '../../streams/events/delete-events.ts';
import { findStreamRetention, listExpiringStreams, listOldest, moveExpired, setNextExpiry } from './retention-store.ts';
import type { ExpiringStream } from './retention-store.ts';

type ExpireApp = OutboxApp & Pick<App, 'retentionQueueUrl'>;

/** Messages of one transaction, and transactions of one run: the rest waits for the next run, a minute later. */
const messagesPerBatch = 100;
const batchesPerRun = 40;
const streamsPerRun = 200;
/** Milliseconds until a workspace is looked at again, when nothing is left. */
const restMs = 3_600_000;
const dayMs = 86_400_000;

/**
 * Deletes messages of a workspace that are older than their retention, in batches. A batch and the move of the stream's mark commit
 * together, so a run may end anywhere, and a repeated one deletes nothing twice.
 */
export async function expireMessages(app: ExpireApp, workspaceId: string): Promise<void> {
  const now = app.clock.now();
  const streams = await app.db.transaction({ workspaceId }, (tx) => listExpiringStreams(tx, now, streamsPerRun));
  let left = batchesPerRun;
  let expired = 0;
  for (const stream of streams) {
    for (let more = true; more && left > 0; left--) {
      const batch = await expireBatch(app, workspaceId, stream, now);
      expired += batch.expired;
      more = batch.more;
    }
  }
  if (expired > 0) {
    app.metrics.count(metric.eventsExpired, expired);
    await nudge(app, 'retention', { kind: 'purge', workspaceId });
  }
  // A run that was cut short, or that found as many streams as it may, leaves the workspace due.
  if (left > 0 && streams.length < streamsPerRun)
    await app.db.transaction({ workspaceId }, (tx) => setNextExpiry(tx, new Date(now.getTime() + restMs)));
}

/** Deletes the next messages of a stream by the retention of this moment, which may differ from that at the start of the run. */
function expireBatch(app: ExpireApp, workspaceId: string, { id }: ExpiringStream, now: Date): Promise<{ expired: number; more: boolean }> {
  return withOutbox(app, { workspaceId }, async (tx) => {
    const { days } = await findStreamRetention(tx, id);
    if (days === null) return { expired: 0, more: false };
    const before = new Date(now.getTime() - days * dayMs);
    const oldest = await listOldest(tx, id, messagesPerBatch);
    const young = oldest.findIndex(({ createdAt }) => createdAt >= before);
    const old = young === -1 ? oldest : oldest.slice(0, young);
    const last = old.at(-1);
    if (!last) return { expired: 0, more: false };
    const ids = old.map((message) => message.id);
    const expired = await deleteEvents(app, tx, id, ids);
    moveExpired(tx, id, last.seq);
    return { expired, more: old.length === messagesPerBatch };
  });
}
