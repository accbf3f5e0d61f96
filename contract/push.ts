import * as z from 'zod';
import { PushSubscriptionId } from './ids.ts';
import { nameOf, storable } from './text.ts';

/** Most devices of one member that get notifications. The one that was seen least recently makes room for a new one. */
export const maxPushDevices = 20;
/** Longest address of a push service, in characters. */
export const maxEndpointCharacters = 2_048;

const base64url = (bytes: number) =>
  z
    .string()
    .regex(new RegExp(`^[\\w-]{${Math.ceil((bytes * 4) / 3)}}={0,2}$`), { error: `must be ${bytes} bytes in base64url`, abort: true });

const isOrigin = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

/** A subscription as `PushManager.subscribe` of a browser makes it (W3C Push API). */
export const RegisterSubscription = z
  .strictObject({
    endpoint: storable.max(maxEndpointCharacters).describe('Address at the push service of the browser'),
    keys: z.strictObject({
      p256dh: base64url(65).describe('Public key of the device, a point on P-256'),
      auth: base64url(16).describe('Secret of the device'),
    }),
    device: nameOf(80).optional().describe('Name that its owner knows it by'),
    publicKey: base64url(65).optional().describe('Public key of the server that it was made with; the current one unless given'),
    origin: storable
      .max(200)
      .refine(isOrigin, { error: 'must be the address of the page' })
      .optional()
      .describe('Origin of the page, where a click on a notification leads to'),
  })
  .meta({ id: 'RegisterSubscription' });
export type RegisterSubscription = z.infer<typeof RegisterSubscription>;

export const RegisteredSubscription = z.object({ id: PushSubscriptionId }).meta({ id: 'RegisteredSubscription' });

/** A device of the caller that gets notifications. `isOutdated`: it was made with an earlier key of the server, and subscribes anew. */
export const PushDevice = z
  .object({
    id: PushSubscriptionId,
    device: z.string().nullable(),
    createdAt: z.iso.datetime(),
    seenAt: z.iso.datetime(),
    isOutdated: z.boolean(),
  })
  .meta({ id: 'PushDevice' });
export type PushDevice = z.infer<typeof PushDevice>;

/** `publicKey`: the VAPID key for `applicationServerKey`; null where this server sends no notifications to browsers. */
export const PushSubscriptions = z
  .object({ publicKey: z.string().nullable(), items: z.array(PushDevice) })
  .meta({ id: 'PushSubscriptions' });
export type PushSubscriptions = z.infer<typeof PushSubscriptions>;

/** Largest payload that a notification may have before it is encrypted, in bytes (RFC 8291). */
export const maxPushBytes = 3_990;
/**
 * Payload of a notification, in the declarative form (W3C declarative web push): browsers that know it show it without our service worker,
 * which reads it too. `stream` and `seq` are for the service worker.
 */
export const PushPayload = z.object({
  web_push: z.literal(8030),
  notification: z.object({
    title: z.string(),
    body: z.string().optional(),
    navigate: z.string(),
    tag: z.string(),
    app_badge: z.string().optional(),
    data: z.object({ streamId: z.string(), seq: z.int() }),
  }),
});
export type PushPayload = z.infer<typeof PushPayload>;
