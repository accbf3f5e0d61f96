import type { CorrectedEpochs } from '../../../contract/epoch.ts';
import { newId } from '../../../contract/ids.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { AppError } from '../../platform/errors.ts';
import { withOutbox } from '../../platform/outbox.ts';
import { indexing, nudgeIndex } from '../cutting/nudge-memory.ts';
import { lockEpoch } from '../epochs/access-epoch.ts';
import { announceEpochs } from '../epochs/announce-epochs.ts';
import { findEpochBefore } from '../epochs/epoch-store.ts';
import { moveLinks } from '../links/link-store.ts';
import { extendEpoch, insertCorrection, removeEpoch } from './correction-store.ts';
import type { CorrectionApp } from './update-epoch.ts';

/** Merges an epoch into the preceding one, which keeps its id and takes over the end, the status and the links of the other. */
export async function mergeEpoch(
  app: CorrectionApp,
  caller: UserCaller,
  input: { epochId: string; ifMatch?: number | undefined },
): Promise<CorrectedEpochs> {
  const { workspaceId } = caller;
  const now = app.clock.now();
  const corrected = await withOutbox(app, caller, async (tx) => {
    const { epoch, rev } = await lockEpoch(tx, caller, input);
    const previous = await findEpochBefore(tx, epoch);
    if (!previous) throw new AppError('nothing_before', 'It is the first epoch of its stream.');
    // Removed first: a unique index allows one open epoch per stream.
    const { state } = await removeEpoch(tx, epoch.id);
    const merged = await extendEpoch(tx, previous.id, { epoch, state, rev, now });
    moveLinks(tx, { from: epoch.id, to: merged.id });
    const { streamId, firstSeq: seq } = epoch;
    insertCorrection(tx, { id: newId('correction', now.getTime()), streamId, seq, kind: 'merge', by: caller.userId, at: now });
    announceEpochs(tx, streamId, { rev, epochs: [merged], removed: [epoch.id] });
    return { items: [merged], removed: [epoch.id], epochsRev: rev };
  });
  const gone = corrected.removed.map((epochId) => ({ kind: 'forget', workspaceId, epochId }) as const);
  await nudgeIndex(app, [...corrected.items.map((epoch) => indexing(workspaceId, epoch)), ...gone]);
  return corrected;
}
