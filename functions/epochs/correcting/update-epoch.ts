import type { Epoch } from '../../../contract/epoch.ts';
import type { App } from '../../platform/app.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { withOutbox } from '../../platform/outbox.ts';
import { holdEpoch } from '../epochs/access-epoch.ts';
import { updateLabel } from './correction-store.ts';
import { indexing, nudgeIndex } from '../cutting/nudge.ts';
import { tellEpochs } from '../epochs/announce-epochs.ts';

/** What corrections touch. */
export type CorrectionApp = Pick<App, 'db' | 'queues' | 'fanOutQueueUrl' | 'embeddingsQueueUrl' | 'clock' | 'log' | 'metrics'>;

/** Gives an epoch the label of a member, which memory leaves alone from then on; null gives it back to memory. The same again changes nothing. */
export async function updateEpoch(
  app: CorrectionApp,
  caller: UserCaller,
  input: { epochId: string; label: string | null; ifMatch?: number | undefined },
): Promise<Epoch> {
  const { workspaceId } = caller;
  try {
    const epoch = await withOutbox(app, workspaceId, async (tx) => {
      const held = await holdEpoch(tx, caller, input);
      if (isSo(held.epoch, input.label)) throw new NothingToDo(held.epoch);
      const updated = await updateLabel(tx, { epochId: held.epoch.id, label: input.label, rev: held.rev, now: app.clock.now() });
      tellEpochs(tx, updated.streamId, { rev: held.rev, epochs: [updated] });
      return updated;
    });
    await nudgeIndex(app, workspaceId, [indexing(workspaceId, epoch)]);
    return epoch;
  } catch (error) {
    if (error instanceof NothingToDo) return error.epoch;
    throw error;
  }
}

const isSo = (epoch: Epoch, label: string | null): boolean =>
  label === null ? epoch.labelSource !== 'member' : epoch.labelSource === 'member' && epoch.label === label;

/** Undoes the transaction, so that a repeat takes no revision. */
class NothingToDo extends Error {
  readonly epoch: Epoch;
  constructor(epoch: Epoch) {
    super('It is so already');
    this.epoch = epoch;
  }
}
