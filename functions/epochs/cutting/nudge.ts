import type { Epoch } from '../../../contract/epoch.ts';
import type { EmbeddingsMessage, EpochsMessage } from '../../../contract/messages/memory.ts';
import type { App } from '../../platform/app.ts';

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

/** Has the index made what the epochs are now. Where that cannot be said, they are found waiting later. */
export async function nudgeIndex(
  app: Pick<App, 'queues' | 'embeddingsQueueUrl' | 'log'>,
  workspaceId: string,
  messages: readonly EmbeddingsMessage[],
): Promise<void> {
  const sent = await Promise.allSettled(messages.map((message) => app.queues.sendLater(app.embeddingsQueueUrl, message, 0, workspaceId)));
  for (const outcome of sent) {
    if (outcome.status === 'rejected') app.log.warn('Epochs wait to be indexed', { error: outcome.reason as Error });
  }
}

/** The message that has the index take up an epoch: an open one is related, a closed one is indexed. */
export const indexing = (workspaceId: string, { id, status }: Epoch): EmbeddingsMessage =>
  status === 'open' ? { kind: 'open', workspaceId, epochId: id } : { kind: 'epoch', workspaceId, epochId: id, attempt: 0 };
