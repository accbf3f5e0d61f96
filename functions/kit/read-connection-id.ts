import { createHash } from 'node:crypto';
import type { ConnectionId } from '../../contract/kit.ts';
import { presenceSeconds } from '../../contract/presence.ts';
import type { App } from '../platform/app.ts';
import type { UserCaller } from '../platform/authenticate.ts';
import type { PresenceLeases } from '../realtime/presence/presence-store.ts';
import { accessMember } from '../streams/access.ts';
import type { ConnectionIds } from './connection-ids.ts';

/**
 * Returns the id of the caller's session, and renews the lease of its presence. A session is a token: another token of the same member has
 * another id, and the id stays until the token ends.
 */
export async function readConnectionId(
  app: Pick<App, 'db' | 'clock'> & { readonly connectionIds: ConnectionIds; readonly presence: PresenceLeases },
  caller: UserCaller,
): Promise<ConnectionId> {
  await app.db.transaction(caller, (tx) => accessMember(tx, caller));
  const { workspaceId, userId, tokenVersion = 0, tokenExpiresAt = 0 } = caller;
  const session = createHash('sha256')
    .update(JSON.stringify([workspaceId, userId, tokenVersion, tokenExpiresAt]))
    .digest('base64url');
  const connectionId = await app.connectionIds.idOf(session, new Date(tokenExpiresAt * 1_000));
  await app.presence.renew({ workspaceId, userId, deviceId: connectionId }, 'active');
  return { connectionId, expires: new Date(app.clock.now().getTime() + 1_000 * presenceSeconds).toISOString() };
}
