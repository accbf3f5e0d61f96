import type { FollowUp } from '../../contract/messages/follow-up.ts';
import { followUp } from '../../functions/streams/follow-up/follow-up.ts';
import type { FollowUpApp } from '../../functions/streams/follow-up/follow-up.ts';
import { refreshShares } from '../../functions/streams/follow-up/refresh-shares.ts';
import type { SharesApp } from '../../functions/streams/follow-up/refresh-shares.ts';

/** Handles a message as the worker of its queue does. */
export async function runFollowUp(app: FollowUpApp & SharesApp, message: FollowUp): Promise<void> {
  if (message.kind === 'stream') await followUp(app, message);
  else await refreshShares(app, message);
}
