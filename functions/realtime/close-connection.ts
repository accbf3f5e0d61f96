import { byeCodes } from '../../contract/close-codes.ts';
import type { App } from '../platform/app.ts';
import { push } from '../platform/nudge.ts';

/** Asks the fan-out worker to send `bye` to a connection and close it. The function that answers frames cannot reach sockets. */
export async function closeConnection(
  app: Pick<App, 'queues' | 'fanOutQueueUrl'>,
  connectionId: string,
  reason: keyof typeof byeCodes,
): Promise<void> {
  await push(app, [{ group: `conn:${connectionId}`, message: { kind: 'close', connectionId, code: byeCodes[reason], reason } }]);
}
