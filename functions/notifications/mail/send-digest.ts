import { randomBytes } from 'node:crypto';
import { isQuiet } from '../../../contract/notification-settings.ts';
import type { NotifyMessage } from '../../../contract/messages/notifications.ts';
import type { App } from '../../platform/app.ts';
import type { Transaction } from '../../platform/database.ts';
import { nudge } from '../../platform/nudge.ts';
import { mailSeconds } from '../deciding/decide.ts';
import { findDefaults } from '../settings/settings-store.ts';
import { listActivity } from '../store.ts';
import { digestOf } from './digest.ts';
import { lockMailReader, storeMailDue, storeMailed } from './mail-store.ts';

export type DigestApp = Pick<App, 'db' | 'queues' | 'notifyQueueUrl' | 'deliveriesQueueUrl' | 'clock'> & {
  readonly publicUrl: string | undefined;
};
type MailDue = Extract<NotifyMessage, { kind: 'mail-due' }>;

/** Mentions in one mail. */
const maxMentions = 20;
/** A message of the queue may arrive this much early, in milliseconds. */
const earlyMs = 5_000;

/**
 * Mails the mentions that a member has not read for a quarter of an hour, unless a device of theirs gets notifications. In quiet hours the mail
 * waits. Safe to repeat: no mention is mailed twice.
 */
export async function sendDigest(app: DigestApp, message: MailDue): Promise<void> {
  const { publicUrl } = app;
  if (publicUrl === undefined) return;
  const { workspaceId, userId } = message;
  await app.db.transaction({ workspaceId }, async (tx) => {
    const reader = await lockMailReader(tx, userId, `${workspaceId}.${randomBytes(16).toString('base64url')}`);
    if (!reader || reader.email === null || reader.hasDevice || !reader.settings.email) return;
    const now = app.clock.now();
    const { quietHours } = reader.settings;
    if (quietHours && isQuiet(quietHours, now)) return lookAgain(app, tx, message, now);
    const listed = await listActivity(tx, userId, { unreadOnly: true, limit: maxMentions + 1, textCharacters: 300 });
    const waiting = listed.filter(({ id, kind }) => id > reader.mailedThrough && kind !== 'invited');
    const due = waiting.filter(({ createdAt }) => Date.parse(createdAt) <= now.getTime() - mailSeconds * 1_000 + earlyMs);
    if (due.length < waiting.length) await lookAgain(app, tx, message, now);
    const [newest] = due;
    if (!newest) return;
    const unsubscribeUrl = `${publicUrl}/v1/mail/${reader.mailKey}`;
    const { showText } = await findDefaults(tx);
    const { workspaceName } = reader;
    const digest = digestOf(due.slice(0, maxMentions).toReversed(), {
      workspaceName,
      publicUrl,
      unsubscribeUrl,
      showText,
      more: due.length > maxMentions,
    });
    await nudge(app, 'deliveries', { kind: 'mail', workspaceId, to: reader.email, ...digest, unsubscribeUrl });
    await storeMailed(tx, userId, newest.id);
  });
}

async function lookAgain(app: DigestApp, tx: Transaction, message: MailDue, now: Date): Promise<void> {
  await nudge(app, 'notify', message, mailSeconds);
  await storeMailDue(tx, message.userId, new Date(now.getTime() + mailSeconds * 1_000));
}
