import type { BarrierSet } from '../../contract/epoch.ts';
import type { App } from '../platform/app.ts';
import type { UserCaller } from '../platform/authenticate.ts';
import type { EpochsMessage } from '../platform/memory-messages.ts';
import { accessPlainStream } from '../streams/access.ts';
import { upsertBarrier } from './barrier-store.ts';

/**
 * `/new`: what comes next is about something else. It is noted where the stream is now; the worker closes the epoch there, whether or not
 * it has come that far.
 */
export async function setBarrier(
  app: Pick<App, 'db' | 'queues' | 'epochsQueueUrl' | 'clock' | 'log'>,
  caller: UserCaller,
  input: { streamId: string; label?: string | undefined },
): Promise<BarrierSet> {
  const { workspaceId, userId } = caller;
  const barrier = await app.db.transaction(workspaceId, async (tx) => {
    const { stream } = await accessPlainStream(tx, caller, input.streamId, 'post');
    const setAt = app.clock.now();
    return upsertBarrier(tx, { streamId: stream.id, afterSeq: stream.lastSeq, label: input.label ?? null, setBy: userId, setAt });
  });
  const nudge: EpochsMessage = { kind: 'stream', workspaceId, streamId: input.streamId };
  await app.queues.sendLater(app.epochsQueueUrl, nudge, 0, workspaceId).catch((error: unknown) => {
    // It is noted: the next message of the stream brings the worker there too.
    app.log.warn('A barrier waits for the next message', { streamId: input.streamId, error: error as Error });
  });
  return barrier;
}
