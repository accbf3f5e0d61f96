import type { Transaction } from '../../platform/database.ts';
import { accessOf, seesIt } from '../streams/stream-rows.ts';

export interface SearchMatch {
  readonly eventId: string;
  readonly streamName: string | null;
  readonly streamType: string;
  readonly snippet: string;
  readonly score: number;
}

/** Matches that are ranked at most: `search_messages` finds the newest 500 or more that the searcher may see, and 4,500 at most. */
export const searchDepth = 4_500;

/**
 * Searches event texts and returns matches that the searcher may see, best first. `search_messages` filters by access before it bounds, so
 * hits in streams of others hide none. The page is filtered again with the shared SQL of access, which has the last word.
 */
export async function searchVisible(
  tx: Transaction,
  userId: string,
  search: { q: string; from?: string; in?: string; after?: string; before?: string; offset: number; limit: number },
): Promise<SearchMatch[]> {
  const rows = await tx.query<{ event_id: string; stream_name: string | null; stream_type: string; snippet: string; score: number }>(
    `select f.event_id, s.name as stream_name, s.stream_type, f.score,
       ts_headline('english', t.content, websearch_to_tsquery('simple', $3) || websearch_to_tsquery('english', $3),
         'StartSel=' || chr(2) || ', StopSel=' || chr(3) || ', MaxFragments=2, MaxWords=24, MinWords=8, FragmentDelimiter=" … "') as snippet
     from (
       select w.event_id, w.stream_id, w.score from search_messages($3, $2, $4, $5, $6, $7) w
       order by w.score desc, w.event_id desc offset $8 limit $9
     ) f
     join streams s on s.id = f.stream_id and s.workspace_id = $1
     join workspace_members wm on wm.workspace_id = $1 and wm.user_id = $2 and wm.removed_at is null
     ${accessOf('$2')}
     join text_messages t on t.id = f.event_id
     where ${seesIt(`(wm.role = 'guest')`)}
     order by f.score desc, f.event_id desc`,
    [
      tx.workspaceId,
      userId,
      search.q,
      search.from ?? null,
      search.in ?? null,
      search.after ?? null,
      search.before ?? null,
      search.offset,
      search.limit,
    ],
  );
  return rows.map((row) => ({
    eventId: row.event_id,
    streamName: row.stream_name,
    streamType: row.stream_type,
    snippet: row.snippet,
    score: row.score,
  }));
}
