import type { BarrierSet } from '../../../contract/epoch.ts';
import type { App } from '../../platform/app.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { accessPlainStream } from '../../streams/access.ts';
import { upsertBarrier } from './cursor-store.ts';
import { nudgeEpochs } from './nudge-memory.ts';

/**
 * Sets a barrier at the current end of a stream (`/new`): the next message opens a new epoch. The worker closes the open epoch at the
 * barrier, even when the worker is behind.
 */
export async function setBarrier(
  app: Pick<App, 'db' | 'queues' | 'epochsQueueUrl' | 'clock' | 'log'>,
  caller: UserCaller,
  input: { streamId: string; label?: string | undefined },
): Promise<BarrierSet> {
  const { workspaceId, userId } = caller;
  const barrier = await app.db.transaction(caller, async (tx) => {
    const { stream } = await accessPlainStream(tx, caller, input.streamId, 'post');
    const setAt = app.clock.now();
    return upsertBarrier(tx, { streamId: stream.id, afterSeq: stream.lastSeq, label: input.label ?? null, setBy: userId, setAt });
  });
  // The barrier is stored, so when the nudge fails, the next message of the stream brings the worker to it.
  await nudgeEpochs(app, workspaceId, input.streamId);
  return barrier;
}
