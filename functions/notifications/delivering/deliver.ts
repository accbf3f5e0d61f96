import type { Delivery, PushDelivery, PushTarget } from '../../../contract/messages/notifications.ts';
import { metric } from '../../../contract/names.ts';
import type { App } from '../../platform/app.ts';
import { nudge } from '../../platform/nudge.ts';
import type { MailClient } from './mail-client.ts';
import type { PushClient, PushOutcome } from './push-client.ts';

export type DeliverApp = Pick<App, 'queues' | 'notifyQueueUrl' | 'deliveriesQueueUrl' | 'log' | 'metrics'> & {
  readonly pushes: PushClient;
  readonly mails: MailClient | undefined;
};

/** Requests to push services at once. */
const concurrency = 16;
/** Tries for one device, over about half an hour. */
const maxAttempts = 7;
const firstWaitSeconds = 15;
const longestWaitSeconds = 900;

/** Delivers notifications, or a mail. */
export async function deliver(app: DeliverApp, delivery: Delivery): Promise<void> {
  if (delivery.kind === 'push') return deliverPushes(app, delivery);
  if (app.mails === undefined) return app.log.warn('A mail was dropped: this stage has no sender');
  try {
    await app.mails.send(delivery);
    app.metrics.count(metric.mailsSent);
  } catch (error) {
    app.metrics.count(metric.mailFailures);
    throw error;
  }
}

/**
 * Sends to each device once. Devices that are gone are reported, those that cannot be reached are tried again later; no device waits for
 * another.
 */
async function deliverPushes(app: DeliverApp, delivery: PushDelivery): Promise<void> {
  const { workspaceId, topic, urgency, attempt, targets } = delivery;
  const outcomes = new Map<PushTarget, PushOutcome>();
  for (let at = 0; at < targets.length; at += concurrency) {
    const some = targets.slice(at, at + concurrency);
    await Promise.all(some.map(async (target) => outcomes.set(target, await app.pushes.send(target, { topic, urgency }))));
  }
  const of = (kind: PushOutcome['kind']): PushTarget[] => targets.filter((target) => outcomes.get(target)?.kind === kind);
  app.metrics.count(metric.pushesSent, of('sent').length);
  const gone = of('gone').map(({ subscriptionId }) => subscriptionId);
  if (gone.length > 0) await nudge(app, 'notify', { kind: 'devices-gone', workspaceId, subscriptionIds: gone });
  for (const outcome of outcomes.values()) {
    if (outcome.kind !== 'refused') continue;
    app.metrics.count(metric.pushFailures);
    app.log.error('A notification was refused', { topic, reason: outcome.reason });
  }
  await deliverLater(app, delivery, of('later'), [...outcomes.values()]);
  app.log.info('notifications', { topic, attempt, sent: of('sent').length, gone: gone.length, later: of('later').length });
}

async function deliverLater(
  app: DeliverApp,
  delivery: PushDelivery,
  targets: PushTarget[],
  outcomes: readonly PushOutcome[],
): Promise<void> {
  if (targets.length === 0) return;
  const attempt = delivery.attempt + 1;
  if (attempt >= maxAttempts) {
    app.metrics.count(metric.pushFailures, targets.length);
    return app.log.error('Notifications were given up', { topic: delivery.topic, devices: targets.length });
  }
  const asked = Math.max(...outcomes.map((outcome) => (outcome.kind === 'later' ? outcome.afterSeconds : 0)));
  const delaySeconds = Math.min(longestWaitSeconds, Math.max(asked, firstWaitSeconds * 2 ** delivery.attempt));
  await nudge(app, 'deliveries', { ...delivery, attempt, targets }, delaySeconds);
}
