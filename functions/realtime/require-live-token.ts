import type { App } from '../platform/app.ts';
import { AppError } from '../platform/errors.ts';
import type { SocketCaller } from '../platform/ws-handler.ts';
import { closeConnection } from './close-connection.ts';

/** Refuses a frame of a socket whose token has ended, and closes the socket: its client gets a new token and comes back. */
export async function requireLiveToken(
  app: Pick<App, 'queues' | 'fanOutQueueUrl' | 'clock'>,
  { connectionId, tokenExpiresAt }: Pick<SocketCaller, 'connectionId' | 'tokenExpiresAt'>,
): Promise<void> {
  if (tokenExpiresAt === undefined || app.clock.now().getTime() < tokenExpiresAt * 1000) return;
  await closeConnection(app, connectionId, 'token_expired');
  throw new AppError('token_expired', 'Get a new token, and open another connection.');
}
