import type { App } from '../platform/app.ts';
import { nudge } from '../platform/nudge.ts';
import { listWaitingWork } from './waiting-store.ts';

/** Age at which work counts as left behind: its own nudge takes seconds. */
const graceMs = 60_000;
/** Messages of one sweep and kind; the next sweep sends the rest. */
const maxMessages = 500;

/** The once-a-minute sweep: nudges the worker of purges, expiry and erasures that wait. Safe to repeat: it only sends nudges. */
export async function sweepRetention(app: Pick<App, 'db' | 'queues' | 'retentionQueueUrl' | 'clock'>): Promise<{ sent: number }> {
  const at = app.clock.now();
  const messages = await listWaitingWork(app.db, { since: new Date(at.getTime() - graceMs), at, limit: maxMessages });
  for (const message of messages) await nudge(app, 'retention', message);
  return { sent: messages.length };
}
