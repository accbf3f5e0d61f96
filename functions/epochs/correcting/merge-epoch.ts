import type { CorrectedEpochs } from '../../../contract/epoch.ts';
import { newId } from '../../../contract/ids.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { AppError } from '../../platform/errors.ts';
import { withOutbox } from '../../platform/outbox.ts';
import { holdEpoch } from '../epochs/access-epoch.ts';
import { extendEpoch, keepCorrection, removeEpoch } from './correction-store.ts';
import { findEpochBefore } from '../epochs/epoch-store.ts';
import { moveLinks } from '../links/link-store.ts';
import { indexing, nudgeIndex } from '../cutting/nudge.ts';
import { tellEpochs } from '../epochs/announce-epochs.ts';
import type { CorrectionApp } from './update-epoch.ts';

/** Merges an epoch into the one before it, which keeps its id, and takes over how the other ended and what it was linked to. */
export async function mergeEpoch(
  app: CorrectionApp,
  caller: UserCaller,
  input: { epochId: string; ifMatch?: number | undefined },
): Promise<CorrectedEpochs> {
  const { workspaceId } = caller;
  const now = app.clock.now();
  const corrected = await withOutbox(app, workspaceId, async (tx) => {
    const { epoch, rev } = await holdEpoch(tx, caller, input);
    const previous = await findEpochBefore(tx, epoch);
    if (!previous) throw new AppError('nothing_before', 'It is the first epoch of its stream.');
    // Taken away first: a stream has one open epoch at a time.
    const { state } = await removeEpoch(tx, epoch.id);
    const merged = await extendEpoch(tx, previous.id, { epoch, state, rev, now });
    moveLinks(tx, { from: epoch.id, to: merged.id });
    const { streamId, firstSeq: seq } = epoch;
    keepCorrection(tx, { id: newId('correction', now.getTime()), streamId, seq, kind: 'merge', by: caller.userId, at: now });
    tellEpochs(tx, streamId, { rev, epochs: [merged], removed: [epoch.id] });
    return { items: [merged], removed: [epoch.id], epochsRev: rev };
  });
  const gone = corrected.removed.map((epochId) => ({ kind: 'forget', workspaceId, epochId }) as const);
  await nudgeIndex(app, workspaceId, [...corrected.items.map((epoch) => indexing(workspaceId, epoch)), ...gone]);
  return corrected;
}
