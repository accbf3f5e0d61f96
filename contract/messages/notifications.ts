import * as z from 'zod';

const workspaceId = z.string();

/** A stream has news that somebody may be notified of, once they had the time to see it. */
const StreamNews = z.object({ kind: z.literal('news'), workspaceId, streamId: z.string() });
/** The same, for those who seemed to look at it when it came. Positions after `from` up to `upTo`. */
const SecondLook = z.object({ kind: z.literal('second-look'), workspaceId, streamId: z.string(), from: z.int(), upTo: z.int() });
/** A member has had unread mentions for a while, and no device that gets notifications. */
const MailDue = z.object({ kind: z.literal('mail-due'), workspaceId, userId: z.string() });
/** Devices whose push service does not know them any more. */
const DevicesGone = z.object({ kind: z.literal('devices-gone'), workspaceId, subscriptionIds: z.array(z.string()) });

/** Work of the function that decides who is notified. A message names a place: it may come twice, late, and in any order. */
export const NotifyMessage = z.discriminatedUnion('kind', [StreamNews, SecondLook, MailDue, DevicesGone]);
export type NotifyMessage = z.infer<typeof NotifyMessage>;

/** A device to notify; its endpoint and keys are those of its subscription. `payload`: JSON of `PushPayload`. */
const PushTarget = z.object({
  subscriptionId: z.string(),
  endpoint: z.string(),
  p256dh: z.string(),
  auth: z.string(),
  publicKey: z.string(),
  payload: z.string(),
});
export type PushTarget = z.infer<typeof PushTarget>;

/** Notifications of one stream. `attempt`: tries before this one; a device that was reached is in no further one. */
const PushDelivery = z.object({
  kind: z.literal('push'),
  workspaceId,
  topic: z.string(),
  urgency: z.enum(['normal', 'high']),
  attempt: z.int(),
  targets: z.array(PushTarget),
});
export type PushDelivery = z.infer<typeof PushDelivery>;

/** A mail to a member. `unsubscribeUrl`: ends such mails with one request (RFC 8058). */
const MailDelivery = z.object({
  kind: z.literal('mail'),
  workspaceId,
  to: z.string(),
  subject: z.string(),
  text: z.string(),
  html: z.string(),
  unsubscribeUrl: z.string(),
});
export type MailDelivery = z.infer<typeof MailDelivery>;

/** Work of the function that reaches push services and the mail service. */
export const Delivery = z.discriminatedUnion('kind', [PushDelivery, MailDelivery]);
export type Delivery = z.infer<typeof Delivery>;
