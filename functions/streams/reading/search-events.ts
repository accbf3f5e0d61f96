import * as z from 'zod';
import type { SearchHit, SearchQuery } from '../../../contract/search.ts';
import type { App } from '../../platform/app.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { readCursor, writeCursor } from '../../platform/cursor.ts';
import { accessMember } from '../access.ts';
import { findEvents } from '../events/event-store.ts';
import { searchDepth, searchVisible } from './search-store.ts';

const Cursor = z.strictObject({ offset: z.int().min(1).max(searchDepth) });

/** Searches messages that the caller may see, best match first. */
export async function searchEvents(
  app: Pick<App, 'db'>,
  caller: UserCaller,
  input: SearchQuery,
): Promise<{ items: SearchHit[]; nextCursor: string | null }> {
  const offset = readCursor(Cursor, input.cursor)?.offset ?? 0;
  return app.db.transaction(caller, async (tx) => {
    await accessMember(tx, caller);
    const found = await searchVisible(tx, caller.userId, { ...input, offset, limit: input.limit + 1 });
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
    const items = page.flatMap(({ eventId, ...hit }) => {
      const event = events.get(eventId);
      return event ? [{ event, ...hit }] : [];
    });
    return { items, nextCursor: found.length > input.limit ? writeCursor({ offset: offset + input.limit }) : null };
  });
}
