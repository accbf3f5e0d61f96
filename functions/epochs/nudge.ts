import type { App } from '../platform/app.ts';
import type { EpochsMessage } from '../platform/memory-messages.ts';

/** Has the worker look at a stream now. Where that cannot be said, the next message of the stream brings the worker there. */
export async function nudgeEpochs(
  app: Pick<App, 'queues' | 'epochsQueueUrl' | 'log'>,
  workspaceId: string,
  streamId: string,
): Promise<void> {
  const nudge: EpochsMessage = { kind: 'stream', workspaceId, streamId };
  await app.queues.sendLater(app.epochsQueueUrl, nudge, 0, workspaceId).catch((error: unknown) => {
    app.log.warn('The epochs of a stream wait for its next message', { streamId, error: error as Error });
  });
}
