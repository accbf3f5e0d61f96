import { isQuiet } from '../../../contract/notification-settings.ts';
import type { NotificationDefaults } from '../../../contract/notification-settings.ts';
import type { NotifyMessage, PushDelivery, PushTarget } from '../../../contract/messages/notifications.ts';
import type { App } from '../../platform/app.ts';
import type { Transaction } from '../../platform/database.ts';
import { nudge } from '../../platform/nudge.ts';
import type { PresenceLeases } from '../../realtime/presence/presence-store.ts';
import { devicesOf } from '../devices/device-store.ts';
import { findDefaults } from '../settings/settings-store.ts';
import { lockNews, markNotified, noteMailsDue, readNewsEvents, storeDecided } from './news-store.ts';
import type { News, NewsStream } from './news-store.ts';
import { listRecipients } from './recipient-store.ts';
import type { Recipient } from './recipient-store.ts';
import { payloadOf, wordsOf } from './payload.ts';

export type DecideApp = Pick<App, 'db' | 'queues' | 'notifyQueueUrl' | 'deliveriesQueueUrl' | 'clock' | 'log' | 'metrics'> & {
  readonly presence: Pick<PresenceLeases, 'lookingAt'>;
  /** Mails are sent. */
  readonly sendsMail: boolean;
};
type Look = Extract<NotifyMessage, { kind: 'news' | 'second-look' }>;

/** Time that members have to see an event before it is decided on, in milliseconds. */
const graceMs = 15_000;
/** A member whose device showed the app this long ago may still look at it; its lease outlasts a network that is gone. */
const lookingMs = 75_000;
/** Seconds until the second look, when a lease that was not renewed has ended. */
const secondLookSeconds = 80;
/** Events older than this are news to nobody: they were imported, or waited in a queue that stood still. */
const newsMs = 10 * 60_000;
/** Recipients that are handled together, and devices in one message. */
const pageSize = 500;
const targetsPerMessage = 50;
/** Time until a mail, in seconds: unread mentions may still be seen. It is SQS's longest delay. */
export const mailSeconds = 900;

/**
 * Decides who is notified of a stream's news: whom it concerns, has not read it and does not look at the app. Members who seem to look are
 * looked at again later. Safe to repeat: what was decided on is stored, and a notification replaces an earlier one of its stream.
 */
export async function decide(app: DecideApp, message: Look): Promise<void> {
  const now = app.clock.now();
  await app.db.transaction(message, async (tx) => {
    const found = await lockNews(tx, message.streamId, new Date(now.getTime() - graceMs + 500));
    if (!found) return;
    const isFirst = message.kind === 'news';
    const news = isFirst ? found.news : message;
    if (news.from >= news.upTo) return;
    const looked = await notifyAll(app, tx, found.stream, news, isFirst);
    if (looked > 0 && isFirst) await nudge(app, 'notify', secondLookOf(message, news), secondLookSeconds);
    if (isFirst) await storeDecided(tx, message.streamId, news.upTo);
  });
}

const secondLookOf = ({ workspaceId, streamId }: Look, { from, upTo }: News): NotifyMessage => ({
  kind: 'second-look',
  workspaceId,
  streamId,
  from,
  upTo,
});

/** Notifies page by page; returns the number of members who seem to look at the app. */
async function notifyAll(app: DecideApp, tx: Transaction, stream: NewsStream, news: News, isFirst: boolean): Promise<number> {
  const now = app.clock.now();
  const defaults = await findDefaults(tx);
  const since = new Date(now.getTime() - newsMs);
  let looking = 0;
  for (let after = ''; ;) {
    const page = await listRecipients(tx, stream, news, { since, level: defaults.level, after, limit: pageSize });
    const awake = page.filter(({ settings }) => settings.quietHours === null || !isQuiet(settings.quietHours, now));
    const lookedAt = await app.presence.lookingAt(
      tx.workspaceId,
      awake.map(({ userId }) => userId),
    );
    const isLooking = ({ userId }: Recipient): boolean => (lookedAt.get(userId) ?? 0) > now.getTime() - lookingMs;
    const away = awake.filter((one) => !isLooking(one));
    looking += awake.length - away.length;
    await push(
      app,
      tx,
      stream,
      away.filter(({ hasDevice }) => hasDevice),
      defaults,
    );
    if (app.sendsMail && isFirst) await noteMails(app, tx, page);
    const last = page.at(-1);
    if (page.length < pageSize || !last) return looking;
    after = last.userId;
  }
}

/** Sends notifications to all devices of members, and stores what they were notified of. */
async function push(
  app: DecideApp,
  tx: Transaction,
  stream: NewsStream,
  members: readonly Recipient[],
  { showText }: NotificationDefaults,
): Promise<void> {
  if (members.length === 0) return;
  const byId = new Map(members.map((member) => [member.userId, member]));
  const [devices, events] = await Promise.all([
    devicesOf(tx, [...byId.keys()]),
    readNewsEvents(tx, stream.id, [...new Set(members.map(({ seq }) => seq))]),
  ]);
  const targets: Record<PushDelivery['urgency'], PushTarget[]> = { high: [], normal: [] };
  for (const { id, userId, origin, ...device } of devices) {
    const member = byId.get(userId);
    if (!member) continue;
    const words = wordsOf(stream, events.get(member.seq), member, showText);
    const payload = payloadOf(stream, words, { seq: member.seq, badge: member.badge, origin });
    const isUrgent = member.isNamed || member.isIncident || stream.streamType === 'dm';
    targets[isUrgent ? 'high' : 'normal'].push({ subscriptionId: id, ...device, payload });
  }
  for (const urgency of ['high', 'normal'] as const) await send(app, tx, { topic: stream.id, urgency, targets: targets[urgency] });
  await markNotified(tx, stream.id, members);
}

async function send(
  app: DecideApp,
  { workspaceId }: Transaction,
  { targets, ...what }: Pick<PushDelivery, 'topic' | 'urgency' | 'targets'>,
): Promise<void> {
  for (let at = 0; at < targets.length; at += targetsPerMessage) {
    const some = targets.slice(at, at + targetsPerMessage);
    await nudge(app, 'deliveries', { kind: 'push', workspaceId, ...what, attempt: 0, targets: some });
  }
}

/** Has unread mentions of members without a device mailed to them later. */
async function noteMails(app: DecideApp, tx: Transaction, members: readonly Recipient[]): Promise<void> {
  const now = app.clock.now();
  const due = new Date(now.getTime() + mailSeconds * 1_000);
  const wanted = members.filter(({ hasDevice, isNamed, email, settings }) => !hasDevice && isNamed && email !== null && settings.email);
  const userIds = await noteMailsDue(
    tx,
    wanted.map(({ userId }) => userId),
    { now, due },
  );
  const { workspaceId } = tx;
  for (const userId of userIds) await nudge(app, 'notify', { kind: 'mail-due', workspaceId, userId }, mailSeconds);
}
