import type { App } from '../../platform/app.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import type { Transaction } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';
import { accessEpoch } from '../epochs/access-epoch.ts';
import { rejectPair, restorePair } from '../links/link-store.ts';

interface Input {
  readonly epochId: string;
  readonly targetId: string;
}

/** Rejects the link of two epochs in both directions. A repetition changes nothing. */
export async function rejectLink(app: Pick<App, 'db' | 'clock'>, caller: UserCaller, input: Input): Promise<void> {
  await app.db.transaction(caller, async (tx) => {
    const pair = await accessPair(tx, caller, input);
    await rejectPair(tx, { ...pair, by: caller.userId, at: app.clock.now() });
  });
}

/** Removes the rejection of a link, if there is one. */
export async function restoreLink(app: Pick<App, 'db'>, caller: UserCaller, input: Input): Promise<void> {
  await app.db.transaction(caller, async (tx) => restorePair(tx, await accessPair(tx, caller, input)));
}

/** Checks that the caller may curate one epoch and read the other: a rejection must not reveal that an epoch exists. */
async function accessPair(tx: Transaction, caller: UserCaller, { epochId, targetId }: Input): Promise<{ one: string; other: string }> {
  const { epoch } = await accessEpoch(tx, caller, epochId, 'curate');
  const { epoch: target } = await accessEpoch(tx, caller, targetId, 'read');
  if (epoch.id === target.id) throw new AppError('not_found', 'An epoch has no link to itself.');
  return { one: epoch.id, other: target.id };
}
