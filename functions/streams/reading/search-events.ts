import * as z from 'zod';
import type { SearchHit, SearchQuery } from '../../../contract/search.ts';
import type { App } from '../../platform/app.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { readCursor, writeCursor } from '../../platform/cursor.ts';
import { accessMember } from '../access.ts';
import { findEvents } from '../events/event-store.ts';
import { restSearchPlace, takeSearchPlace, withinSearchTime } from './search-places.ts';
import { searchDepth, searchVisible } from './search-store.ts';

const Cursor = z.strictObject({ offset: z.int().min(1).max(searchDepth) });

/**
 * Searches messages that the caller may see, best match first. Ranks the newest matches only. Throws `rate_limited` when the workspace
 * searches too much at once, and `too_broad` when the time limit ends the search.
 */
export async function searchEvents(
  app: Pick<App, 'db'>,
  caller: UserCaller,
  input: SearchQuery,
): Promise<{ items: SearchHit[]; nextCursor: string | null }> {
  const offset = readCursor(Cursor, input.cursor)?.offset ?? 0;
  return app.db.transaction(caller, async (tx) => {
    await accessMember(tx, caller);
    const place = await takeSearchPlace(tx);
    const startedAt = performance.now();
    const found = await withinSearchTime(searchVisible(tx, caller.userId, { ...input, offset, limit: input.limit + 1 }));
    const page = found.slice(0, input.limit);
    const events = new Map(
      (
        await findEvents(
          tx,
          caller.userId,
          page.map(({ eventId }) => eventId),
        )
      ).map((event) => [event.id as string, event]),
    );
    restSearchPlace(tx, place, performance.now() - startedAt);
    const items = page.flatMap(({ eventId, ...hit }) => {
      const event = events.get(eventId);
      return event ? [{ event, ...hit }] : [];
    });
    return { items, nextCursor: found.length > input.limit ? writeCursor({ offset: offset + input.limit }) : null };
  });
}
