import type { EpochWithEvents } from '../../../contract/epoch.ts';
import type { App } from '../../platform/app.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { listEventsBeside } from '../../streams/events/event-store.ts';
import { withinBytes } from '../../streams/events/list-events.ts';
import { accessEpoch } from './access-epoch.ts';

/** Returns an epoch with a page of its events, oldest first, as the caller may see them. */
export async function readEpoch(
  app: Pick<App, 'db'>,
  caller: UserCaller,
  input: { epochId: string; after?: number | undefined; limit: number },
): Promise<EpochWithEvents> {
  return app.db.transaction(caller, async (tx) => {
    const { epoch, stream } = await accessEpoch(tx, caller, input.epochId, 'read');
    const position = Math.max(input.after ?? 0, epoch.firstSeq - 1);
    const side = { key: 'seq', direction: 'after', position, limit: input.limit + 1 } as const;
    const found = (await listEventsBeside(tx, caller.userId, stream.id, side)).filter(({ seq }) => seq <= epoch.lastSeq);
    const events = withinBytes(found.slice(0, input.limit));
    return { epoch, streamName: stream.name, streamType: stream.streamType, events, hasMore: found.length > events.length };
  });
}
