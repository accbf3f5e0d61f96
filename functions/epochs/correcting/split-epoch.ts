import type { CorrectedEpochs, Epoch } from '../../../contract/epoch.ts';
import { newId } from '../../../contract/ids.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import type { Transaction } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';
import { withOutbox } from '../../platform/outbox.ts';
import { indexing, nudgeIndex } from '../cutting/nudge-memory.ts';
import { lockEpoch } from '../epochs/access-epoch.ts';
import { announceEpochs } from '../epochs/announce-epochs.ts';
import { cutEpochShort, findSplitPoint, insertSecondPart, insertCorrection } from './correction-store.ts';
import type { SplitPoint } from './correction-store.ts';
import type { CorrectionApp } from './update-epoch.ts';

/** Splits an epoch before an event. The first part keeps id, label and links; the second takes over the status of the whole. */
export async function splitEpoch(
  app: CorrectionApp,
  caller: UserCaller,
  input: { epochId: string; eventId: string; ifMatch?: number | undefined },
): Promise<CorrectedEpochs> {
  const { workspaceId } = caller;
  const now = app.clock.now();
  const corrected = await withOutbox(app, caller, async (tx) => {
    const { epoch, rev } = await lockEpoch(tx, caller, input);
    const point = await getSplitPoint(tx, epoch, input.eventId);
    // Closed first: a unique index allows one open epoch per stream.
    const first = await cutEpochShort(tx, epoch.id, { point, rev, now });
    const second = await insertSecondPart(tx, epoch, { id: newId('epoch', point.at.getTime()), point, rev, now });
    const { streamId } = epoch;
    insertCorrection(tx, { id: newId('correction', now.getTime()), streamId, seq: point.seq, kind: 'split', by: caller.userId, at: now });
    announceEpochs(tx, streamId, { rev, epochs: [first, second] });
    return { items: [first, second], removed: [], epochsRev: rev };
  });
  await nudgeIndex(
    app,
    corrected.items.map((epoch) => indexing(workspaceId, epoch)),
  );
  return corrected;
}

async function getSplitPoint(tx: Transaction, epoch: Epoch, eventId: string): Promise<SplitPoint> {
  const point = await findSplitPoint(tx, epoch, eventId);
  if (!point) throw new AppError('not_found', 'There is no such event in this epoch.');
  if (!point.isCountable) throw new AppError('wrong_event_type', 'An epoch begins with what somebody posted.');
  if (point.before.count === 0) throw new AppError('nothing_before', 'The epoch begins with this event.');
  return point;
}
