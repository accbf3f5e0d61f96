import type { PushDevice } from '../../../contract/push.ts';
import { PushSubscriptionId } from '../../../contract/ids.ts';
import type { Transaction } from '../../platform/database.ts';

/** A subscription to store. */
export interface NewDevice {
  readonly id: string;
  readonly userId: string;
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
  readonly publicKey: string;
  readonly device: string | null;
  readonly origin: string | null;
  readonly at: Date;
}

/** Stores a device, or renews the one with this endpoint, which becomes the member's. Keeps the member's `max` last seen ones. Returns its id. */
export async function putDevice(tx: Transaction, device: NewDevice, max: number): Promise<string> {
  const { id, userId, endpoint, p256dh, auth, publicKey, device: name, origin, at } = device;
  const [row] = await tx.query<{ id: string }>(
    `with kept as (
       insert into push_subscriptions as p (id, workspace_id, user_id, endpoint, p256dh, auth, public_key, device, origin, created_at, seen_at)
       values ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $10)
       on conflict (workspace_id, endpoint) do update
         set user_id = $3, p256dh = $5, auth = $6, public_key = $7, device = coalesce($8, p.device), origin = $9, seen_at = $10
       returning id
     ), surplus as (
       delete from push_subscriptions where id in (
         select o.id from push_subscriptions o, kept where o.workspace_id = $1 and o.user_id = $3 and o.id <> kept.id
         order by o.seen_at desc, o.id desc offset $11)
     )
     select id from kept`,
    [tx.workspaceId, id, userId, endpoint, p256dh, auth, publicKey, name, origin, at, max - 1],
  );
  if (!row) throw new Error('The device was not stored');
  return row.id;
}

/** Lists the devices of a member, last seen first. */
export async function listDevices(tx: Transaction, userId: string, currentKey: string): Promise<PushDevice[]> {
  const rows = await tx.query<{ id: string; device: string | null; created_at: Date; seen_at: Date; public_key: string }>(
    `select id, device, created_at, seen_at, public_key from push_subscriptions where workspace_id = $1 and user_id = $2
     order by seen_at desc, id desc`,
    [tx.workspaceId, userId],
  );
  return rows.map(({ id, device, created_at, seen_at, public_key }) => ({
    id: PushSubscriptionId.parse(id),
    device,
    createdAt: created_at.toISOString(),
    seenAt: seen_at.toISOString(),
    isOutdated: public_key !== currentKey,
  }));
}

/** Deletes a device of a member; false when the member has none with this id. */
export async function deleteDevice(tx: Transaction, userId: string, id: string): Promise<boolean> {
  const rows = await tx.query('delete from push_subscriptions where workspace_id = $1 and user_id = $2 and id = $3 returning id', [
    tx.workspaceId,
    userId,
    id,
  ]);
  return rows.length > 0;
}

/** Deletes devices that are gone. */
export async function forgetDevices(tx: Transaction, ids: readonly string[]): Promise<number> {
  const rows = await tx.query('delete from push_subscriptions where workspace_id = $1 and id = any($2) returning id', [
    tx.workspaceId,
    ids,
  ]);
  return rows.length;
}

/** A device to notify. */
export interface Device {
  readonly id: string;
  readonly userId: string;
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
  readonly publicKey: string;
  readonly origin: string | null;
}

/** Lists the devices of members. */
export async function devicesOf(tx: Transaction, userIds: readonly string[]): Promise<Device[]> {
  if (userIds.length === 0) return [];
  return tx.query<Device>(
    `select id, user_id as "userId", endpoint, p256dh, auth, public_key as "publicKey", origin from push_subscriptions
     where workspace_id = $1 and user_id = any($2) order by user_id, id`,
    [tx.workspaceId, userIds],
  );
}
