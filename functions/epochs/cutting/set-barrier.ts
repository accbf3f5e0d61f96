import type { BarrierSet } from '../../../contract/epoch.ts';
import type { App } from '../../platform/app.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { accessPlainStream } from '../../streams/access.ts';
import { upsertBarrier } from './barrier-store.ts';
import { nudgeEpochs } from './nudge.ts';

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
  // Where that fails the barrier is noted all the same: the next message of the stream brings the worker there too.
  await nudgeEpochs(app, workspaceId, input.streamId);
  return barrier;
}
