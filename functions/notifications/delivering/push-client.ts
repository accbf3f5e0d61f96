import { encryptNotification, vapidHeaders } from '@block65/webcrypto-web-push';
import type { PushTarget } from '../../../contract/messages/notifications.ts';
import { optionalSetting, setting } from '../../platform/config.ts';
import { readSecret } from '../../platform/keys/secrets.ts';
import { vapidKeysOf } from '../../platform/keys/vapid.ts';
import type { VapidKeys } from '../../platform/keys/vapid.ts';
import { hostsOf, isPushEndpoint } from '../devices/endpoint.ts';

/** Outcome of a notification. `gone`: the device is to be forgotten; `later`: the push service asks for patience, or does not answer. */
export type PushOutcome = { readonly kind: 'sent' | 'gone' } | { readonly kind: 'later'; readonly afterSeconds: number } | Refused;
interface Refused {
  readonly kind: 'refused';
  readonly reason: string;
}

export interface PushOptions {
  /** Replaces an earlier notification of the same topic that was not delivered yet (RFC 8030, 5.4). */
  readonly topic: string;
  readonly urgency: 'normal' | 'high';
}

/** Sends notifications to push services (RFC 8030), encrypted for the device (RFC 8291) and signed with our key (RFC 8292). */
export interface PushClient {
  send(target: PushTarget, options: PushOptions): Promise<PushOutcome>;
}

/** Time that a push service keeps a notification for a device that is off, in seconds. */
const keptSeconds = 86_400;
const patienceMs = 10_000;

export function openPushClient(): PushClient {
  const secretArn = setting('vapidSecretArn');
  const hosts = hostsOf(optionalSetting('pushHosts'));
  return createPushClient(async () => vapidKeysOf(await readSecret(secretArn)), { contact: setting('pushContact'), hosts });
}

/** `contact`: address at which a push service reaches who runs this server. */
export function createPushClient(
  keys: () => Promise<readonly VapidKeys[]>,
  { contact, hosts }: { readonly contact: string; readonly hosts: readonly string[] },
): PushClient {
  return {
    async send(target, options) {
      // Checked when it was registered too; the list may have been shortened since.
      if (!isPushEndpoint(target.endpoint, hosts)) return { kind: 'gone' };
      const own = (await keys()).find(({ publicKey }) => publicKey === target.publicKey);
      // Only the key that it was made with may send to it, and that one was taken away.
      if (!own) return { kind: 'gone' };
      return post(target, { ...own, subject: contact }, options);
    },
  };
}

async function post(
  { endpoint, p256dh, auth, payload }: PushTarget,
  vapid: VapidKeys & { readonly subject: string },
  { topic, urgency }: PushOptions,
): Promise<PushOutcome> {
  const subscription = { endpoint, expirationTime: null, keys: { p256dh, auth } };
  const signed = await vapidHeaders({ ...subscription, endpoint: endpoint.replace(/^http:/, 'https:') }, vapid);
  const body = await encryptNotification(subscription, new TextEncoder().encode(payload));
  const headers = {
    ...signed.headers,
    'content-encoding': 'aes128gcm',
    'content-type': 'application/octet-stream',
    ttl: String(keptSeconds),
    urgency,
    topic,
  };
  try {
    const signal = AbortSignal.timeout(patienceMs);
    const response = await fetch(endpoint, { method: 'POST', headers, body: body as BodyInit, redirect: 'error', signal });
    await response.body?.cancel();
    return outcomeOf(response);
  } catch {
    return { kind: 'later', afterSeconds: 0 };
  }
}

function outcomeOf({ status, headers }: Response): PushOutcome {
  if (status >= 200 && status < 300) return { kind: 'sent' };
  if (status === 404 || status === 410) return { kind: 'gone' };
  if (status === 429 || status >= 500) return { kind: 'later', afterSeconds: Number(headers.get('retry-after') ?? 0) || 0 };
  return { kind: 'refused', reason: `the push service answered ${status}` };
}
