import { closeCodes } from '../../contract/frames.ts';
import { newId } from '../../contract/ids.ts';
import type { App } from '../platform/app.ts';
import { groupOf } from '../platform/outbox.ts';
import type { FanOutMessage } from '../../contract/messages/fan-out.ts';

/** Asks the fan-out worker to say goodbye to a connection and close it: what answers frames cannot reach sockets itself. */
export async function closeConnection(
  app: Pick<App, 'queues' | 'fanOutQueueUrl'>,
  connectionId: string,
  reason: keyof typeof closeCodes,
): Promise<void> {
  const body: FanOutMessage = { kind: 'close', connectionId, code: closeCodes[reason], reason };
  await app.queues.send(app.fanOutQueueUrl, [{ id: newId('outbox'), group: groupOf(`conn:${connectionId}`), body }]);
}
