import * as z from 'zod';
import { StreamEvent } from './event.ts';
import { StreamId, UserId } from './ids.ts';
import { queryInteger } from './query.ts';
import { storable } from './text.ts';

/** A search for events: words, "a phrase", -without. Best match first. `from`: author, `in`: stream, `before` and `after`: times. */
export const SearchQuery = z.strictObject({
  q: storable.trim().min(1).max(200),
  from: UserId.optional(),
  in: StreamId.optional(),
  before: z.iso.datetime({ offset: true }).optional(),
  after: z.iso.datetime({ offset: true }).optional(),
  limit: queryInteger({ min: 1, max: 50 }).default(20).meta({ default: 20 }),
  cursor: z.string().max(512).optional(),
});
export type SearchQuery = z.infer<typeof SearchQuery>;

/** An event that was found, its stream, and the words around the match: matches stand between U+0002 and U+0003. */
export const SearchHit = z
  .object({ event: StreamEvent, streamName: z.string().nullable(), streamType: z.string(), snippet: z.string(), score: z.number() })
  .meta({ id: 'SearchHit' });
export type SearchHit = z.infer<typeof SearchHit>;
