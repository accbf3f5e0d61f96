import { AppError } from '../platform/errors.ts';
import type { SocketCaller } from '../platform/ws-handler.ts';
import type { Connections } from './connections.ts';

/** Registers a new connection and negotiates the subprotocol; refuses a client that offers none of ours. */
export async function openSocket(
  app: { readonly connections: Connections },
  caller: SocketCaller,
  offered: string | undefined,
  spoken: string,
): Promise<Record<string, string>> {
  if (!offered?.split(',').some((protocol) => protocol.trim() === spoken)) {
    throw new AppError('bad_frame', `Offer the subprotocol ${spoken}.`);
  }
  await app.connections.add(caller);
  return { 'Sec-WebSocket-Protocol': spoken };
}
