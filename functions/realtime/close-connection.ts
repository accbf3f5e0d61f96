import { closeCodes } from '../../contract/frames.ts';
import type { App } from '../platform/app.ts';
import { push } from '../platform/nudge.ts';

/** Asks the fan-out worker to say goodbye to a connection and close it: what answers frames cannot reach sockets itself. */
export async function closeConnection(
  app: Pick<App, 'queues' | 'fanOutQueueUrl'>,
  connectionId: string,
  reason: keyof typeof closeCodes,
): Promise<void> {
  await push(app, [{ group: `conn:${connectionId}`, message: { kind: 'close', connectionId, code: closeCodes[reason], reason } }]);
}
