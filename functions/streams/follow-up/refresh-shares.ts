import type { SharesNudge } from '../../../contract/messages/follow-up.ts';
import type { App } from '../../platform/app.ts';
import type { Transaction } from '../../platform/database.ts';
import { nudge } from '../../platform/nudge.ts';
import type { OutboxApp } from '../../platform/outbox.ts';
import { refreshEvent } from './refresh-event.ts';
import { claimShares, endClaim, findTextVersion, listOutdatedShares, markShown } from './shares-store.ts';

export type SharesApp = OutboxApp & Pick<App, 'sharesQueueUrl'>;

/** Shares that one message refreshes; each is a transaction of its own, so that two streams are never locked at once. */
export const sharesPerNudge = 20;
/** Time after which another worker may take over the shares of an original, in milliseconds. */
const leaseMs = 60_000;

/**
 * Refreshes a page of the events that share an original, and nudges itself for the next page. Each share is told of the original's newest
 * version, so edits in the meantime add no pass of their own: their nudges end at once while the work is under way. Safe to repeat.
 */
export async function refreshShares(app: SharesApp, message: SharesNudge): Promise<void> {
  const { workspaceId, eventId } = message;
  const page = await app.db.transaction({ workspaceId }, (tx) => claimPage(app, tx, message));
  if (!page || page.shares.length === 0) return;
  for (const { id, gone } of page.shares) {
    if (!gone) await refreshEvent(app, workspaceId, id, (tx) => markShown(tx, id, page.version));
  }
  await nudge(app, 'shares', { kind: 'shares', workspaceId, eventId, continues: true });
}

/** Lists the next outdated shares, under the claim's lock. Undefined while another worker has the claim. */
async function claimPage(
  app: SharesApp,
  tx: Transaction,
  { eventId, continues }: SharesNudge,
): Promise<{ version: number; shares: { id: string; gone: boolean }[] } | undefined> {
  const now = app.clock.now();
  if (!(await claimShares(tx, eventId, { now, until: new Date(now.getTime() + leaseMs), isOurs: continues === true }))) return undefined;
  const version = await findTextVersion(tx, eventId);
  const shares = await listOutdatedShares(tx, eventId, version, sharesPerNudge);
  // An edit that commits later finds no claim, and its nudge begins again.
  if (shares.length === 0) await endClaim(tx, eventId);
  return { version, shares };
}
