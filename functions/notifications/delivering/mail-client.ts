import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import type { MailDelivery } from '../../../contract/messages/notifications.ts';
import { optionalSetting } from '../../platform/config.ts';

/** Sends mails. Throws when the mail service does not take one. */
export interface MailClient {
  send(mail: MailDelivery): Promise<void>;
}

/** Opens the mail service; undefined where the stage has no sender. */
export function openMailClient(): MailClient | undefined {
  const from = optionalSetting('mailFrom');
  return from === undefined ? undefined : createMailClient(new SESv2Client({ maxAttempts: 3 }), from);
}

export function createMailClient(client: SESv2Client, from: string): MailClient {
  return {
    async send({ to, subject, text, html, unsubscribeUrl }) {
      await client.send(
        new SendEmailCommand({
          FromEmailAddress: from,
          Destination: { ToAddresses: [to] },
          Content: {
            Simple: {
              Subject: { Data: subject, Charset: 'UTF-8' },
              Body: { Text: { Data: text, Charset: 'UTF-8' }, Html: { Data: html, Charset: 'UTF-8' } },
              // RFC 8058: a mail program ends such mails with one request, and asks nobody.
              Headers: [
                { Name: 'List-Unsubscribe', Value: `<${unsubscribeUrl}>` },
                { Name: 'List-Unsubscribe-Post', Value: 'List-Unsubscribe=One-Click' },
              ],
            },
          },
        }),
      );
    },
  };
}
