import { newId, PushSubscriptionId } from '../../../contract/ids.ts';
import { maxPushDevices } from '../../../contract/push.ts';
import type { PushSubscriptions, RegisterSubscription } from '../../../contract/push.ts';
import type { App } from '../../platform/app.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { AppError } from '../../platform/errors.ts';
import { accessMember } from '../../streams/access.ts';
import { deleteDevice, listDevices, putDevice } from './device-store.ts';
import { checkSubscription } from './endpoint.ts';

/** Settings that browsers subscribe by: our public keys, the current one first, and hosts besides those of the known browsers. */
export interface PushSettings {
  /** Empty where no notifications are sent to browsers. */
  readonly publicKeys: readonly string[];
  readonly hosts: readonly string[];
}
type DevicesApp = Pick<App, 'db' | 'clock'> & { readonly push: PushSettings };

/**
 * Has notifications sent to a device of the caller. A browser that registers again keeps its id; one that another member registered becomes the
 * caller's. Throws `invalid_input` for an address or a key that nothing can be sent to.
 */
export async function registerSubscription(
  app: DevicesApp,
  caller: UserCaller,
  input: RegisterSubscription,
): Promise<{ id: PushSubscriptionId }> {
  const [current] = app.push.publicKeys;
  if (current === undefined)
    throw new AppError('unavailable', 'This server sends no notifications to browsers: it has no contact for push services.');
  checkSubscription(input, app.push.hosts);
  const publicKey = input.publicKey ?? current;
  if (!app.push.publicKeys.includes(publicKey)) {
    const message = 'must be a key of this server: subscribe again with the one of GET';
    throw new AppError('invalid_input', `body.publicKey: ${message}`, { errors: [{ path: 'body.publicKey', message }] });
  }
  const { endpoint, keys, device = null, origin } = input;
  const at = app.clock.now();
  const id = await app.db.transaction(
    caller,
    async (tx) => {
      await accessMember(tx, caller);
      const made = { id: newId('pushSubscription', at.getTime()), userId: caller.userId, endpoint, ...keys, publicKey, device, at };
      return putDevice(tx, { ...made, origin: origin === undefined ? null : new URL(origin).origin }, maxPushDevices);
    },
    'shared',
  );
  return { id: PushSubscriptionId.parse(id) };
}

/** Returns the public key that browsers subscribe with, and the caller's devices. */
export async function listSubscriptions(app: DevicesApp, caller: UserCaller): Promise<PushSubscriptions> {
  const [publicKey = null] = app.push.publicKeys;
  const items = await app.db.transaction(caller, async (tx) => {
    await accessMember(tx, caller);
    return listDevices(tx, caller.userId, publicKey ?? '');
  });
  return { publicKey, items };
}

/** Stops notifications to a device of the caller. */
export async function deleteSubscription(
  app: DevicesApp,
  caller: UserCaller,
  { subscriptionId }: { subscriptionId: string },
): Promise<void> {
  await app.db.transaction(caller, async (tx) => {
    await accessMember(tx, caller);
    if (!(await deleteDevice(tx, caller.userId, subscriptionId))) throw new AppError('not_found');
  });
}
