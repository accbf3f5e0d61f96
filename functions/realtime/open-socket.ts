import type { App } from '../platform/app.ts';
import { AppError } from '../platform/errors.ts';
import type { SocketCaller } from '../platform/ws-handler.ts';
import { accessWorkspace } from './access-workspace.ts';
import type { Connections } from './connections.ts';

/**
 * Registers a new connection and negotiates the subprotocol; refuses a client that offers none of ours, and users who are members no more.
 * The access lock is held until the connection is registered, so whoever removes the member finds and closes it.
 */
export async function openSocket(
  app: Pick<App, 'db'> & { readonly connections: Connections },
  caller: SocketCaller,
  offered: string | undefined,
  spoken: string,
): Promise<Record<string, string>> {
  if (!offered?.split(',').some((protocol) => protocol.trim() === spoken)) {
    throw new AppError('bad_frame', `Offer the subprotocol ${spoken}.`);
  }
  await app.db.transaction(
    caller,
    async (tx) => {
      await accessWorkspace(tx, caller);
      await app.connections.add(caller);
    },
    'shared',
  );
  return { 'Sec-WebSocket-Protocol': spoken };
}
