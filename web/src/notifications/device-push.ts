import type { Streambed } from '../../../client/http/http.ts';

type Kit = ReturnType<Streambed['workspace']>['kit'];
/** `blocked`: the user refused the permission in the browser; `missing`: this browser, or this server, has no notifications. */
export type PushState = 'on' | 'off' | 'blocked' | 'missing';

const hasPush = (): boolean => 'serviceWorker' in navigator && 'PushManager' in globalThis && 'Notification' in globalThis;

/** Registers the service worker, which shows notifications and opens their messages. */
const worker = (): Promise<ServiceWorkerRegistration> => navigator.serviceWorker.register('/service-worker.js');

/** Finds out whether this browser gets notifications of the member. */
export async function readPushState(kit: Kit): Promise<PushState> {
  if (!hasPush()) return 'missing';
  const { publicKey } = await kit.subscriptions();
  if (publicKey === null) return 'missing';
  if (Notification.permission === 'denied') return 'blocked';
  const subscription = await (await worker()).pushManager.getSubscription();
  return subscription !== null && Notification.permission === 'granted' ? 'on' : 'off';
}

/** Asks the user for the permission, and has notifications sent to this browser. Call it in a click, which browsers ask for. */
export async function turnOn(kit: Kit): Promise<PushState> {
  if (!hasPush()) return 'missing';
  const permission = await Notification.requestPermission();
  if (permission !== 'granted') return permission === 'denied' ? 'blocked' : 'off';
  const { publicKey } = await kit.subscriptions();
  if (publicKey === null) return 'missing';
  await register(kit, await subscribed(await worker(), publicKey), publicKey);
  return 'on';
}

/**
 * Brings the server up to date with this browser, which may have another subscription than it had, or one that was made with an earlier key. Does
 * nothing where the user has not turned notifications on.
 */
export async function renewSubscription(kit: Kit): Promise<void> {
  if (!hasPush() || Notification.permission !== 'granted') return;
  const registration = await worker();
  if ((await registration.pushManager.getSubscription()) === null) return;
  const { publicKey } = await kit.subscriptions();
  if (publicKey !== null) await register(kit, await subscribed(registration, publicKey), publicKey);
}

/** Stops notifications to this browser. */
export async function turnOff(kit: Kit): Promise<void> {
  if (!hasPush()) return;
  const subscription = await (await worker()).pushManager.getSubscription();
  if (subscription === null) return;
  // The same registration finds the id of the device.
  const { publicKey } = await kit.subscriptions();
  if (publicKey !== null) {
    const { id } = await register(kit, subscription, publicKey);
    await kit.deleteSubscription(id);
  }
  await subscription.unsubscribe();
}

async function subscribed(registration: ServiceWorkerRegistration, publicKey: string): Promise<PushSubscription> {
  const { pushManager } = registration;
  const before = await pushManager.getSubscription();
  if (before !== null && keyOf(before) === publicKey) return before;
  await before?.unsubscribe();
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey });
}

const keyOf = ({ options }: PushSubscription): string => base64url(options.applicationServerKey ?? new ArrayBuffer(0));

async function register(kit: Kit, subscription: PushSubscription, publicKey: string): Promise<{ id: string }> {
  const [p256dh, auth] = (['p256dh', 'auth'] as const).map((name) => base64url(subscription.getKey(name) ?? new ArrayBuffer(0)));
  return kit.registerSubscription({
    endpoint: subscription.endpoint,
    keys: { p256dh: p256dh ?? '', auth: auth ?? '' },
    device: deviceName(navigator.userAgent),
    publicKey,
    origin: location.origin,
  });
}

const base64url = (bytes: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

/** Names a browser as its owner knows it: "Firefox on Linux". */
export function deviceName(userAgent: string): string {
  const browsers = [
    ['Edg/', 'Edge'],
    ['Firefox/', 'Firefox'],
    ['Chrome/', 'Chrome'],
    ['Safari/', 'Safari'],
  ] as const;
  const systems = [
    ['iPhone', 'iPhone'],
    ['iPad', 'iPad'],
    ['Android', 'Android'],
    ['Mac OS', 'Mac'],
    ['Windows', 'Windows'],
    ['Linux', 'Linux'],
  ] as const;
  const find = (names: readonly (readonly [string, string])[]) => names.find(([sign]) => userAgent.includes(sign))?.[1];
  return [find(browsers) ?? 'A browser', find(systems)].filter((part) => part !== undefined).join(' on ');
}
