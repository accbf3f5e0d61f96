import type { Epoch } from '../../../contract/epoch.ts';
import type { App } from '../../platform/app.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { withOutbox } from '../../platform/outbox.ts';
import { indexing, nudgeIndex } from '../cutting/nudge-memory.ts';
import { lockEpoch } from '../epochs/access-epoch.ts';
import { announceEpochs } from '../epochs/announce-epochs.ts';
import { updateLabel } from './correction-store.ts';

/** The parts of the app that corrections use. */
export type CorrectionApp = Pick<App, 'db' | 'queues' | 'fanOutQueueUrl' | 'embeddingsQueueUrl' | 'clock' | 'log' | 'metrics'>;

/** Sets a member's label, which memory does not replace; null lets memory label the epoch again. A repetition changes nothing. */
export async function updateEpoch(
  app: CorrectionApp,
  caller: UserCaller,
  input: { epochId: string; label: string | null; ifMatch?: number | undefined },
): Promise<Epoch> {
  const { workspaceId } = caller;
  try {
    const epoch = await withOutbox(app, caller, async (tx) => {
      const locked = await lockEpoch(tx, caller, input);
      if (hasLabel(locked.epoch, input.label)) throw new NoChange(locked.epoch);
      const updated = await updateLabel(tx, { epochId: locked.epoch.id, label: input.label, rev: locked.rev, now: app.clock.now() });
      announceEpochs(tx, updated.streamId, { rev: locked.rev, epochs: [updated] });
      return updated;
    });
    await nudgeIndex(app, [indexing(workspaceId, epoch)]);
    return epoch;
  } catch (error) {
    if (error instanceof NoChange) return error.epoch;
    throw error;
  }
}

const hasLabel = (epoch: Epoch, label: string | null): boolean =>
  label === null ? epoch.labelSource !== 'member' : epoch.labelSource === 'member' && epoch.label === label;

/** Rolls the transaction back, so that a repetition uses no revision. */
class NoChange extends Error {
  readonly epoch: Epoch;
  constructor(epoch: Epoch) {
    super('The epoch has this label already');
    this.epoch = epoch;
  }
}
