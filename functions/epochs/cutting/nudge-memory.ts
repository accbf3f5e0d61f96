import type { Epoch } from '../../../contract/epoch.ts';
import type { EmbeddingsMessage } from '../../../contract/messages/memory.ts';
import type { App } from '../../platform/app.ts';
import { nudge } from '../../platform/nudge.ts';

/** Nudges the worker that cuts a stream into epochs. Where the nudge is lost, the next message of the stream brings the worker there. */
export async function nudgeEpochs(
  app: Pick<App, 'queues' | 'epochsQueueUrl' | 'log'>,
  workspaceId: string,
  streamId: string,
): Promise<void> {
  await nudge(app, 'epochs', { kind: 'stream', workspaceId, streamId }).catch((error: unknown) => {
    app.log.warn('The epochs of a stream wait for its next message', { streamId, error: error as Error });
  });
}

/** Nudges the worker of the index. Where a nudge is lost, the sweep finds the epochs later. */
export async function nudgeIndex(
  app: Pick<App, 'queues' | 'embeddingsQueueUrl' | 'log'>,
  messages: readonly EmbeddingsMessage[],
): Promise<void> {
  const sent = await Promise.allSettled(messages.map((message) => nudge(app, 'embeddings', message)));
  for (const outcome of sent) {
    if (outcome.status === 'rejected') app.log.warn('Epochs wait to be indexed', { error: outcome.reason as Error });
  }
}

/** The message that has the index take up an epoch: an open one is related, a closed one is indexed. */
export const indexing = (workspaceId: string, { id, status }: Epoch): EmbeddingsMessage =>
  status === 'open' ? { kind: 'open', workspaceId, epochId: id } : { kind: 'epoch', workspaceId, epochId: id, attempt: 0 };
