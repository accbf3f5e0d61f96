import type { MemoryHit, MemoryHits, MemoryQuery } from '../../../contract/epoch.ts';
import { keywordQuery } from '../../embeddings/keyword-vector.ts';
import { searchIndex } from '../../embeddings/search-index.ts';
import type { SearchAnswer } from '../../embeddings/search-index.ts';
import { termsOf } from '../../embeddings/words.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { AppError } from '../../platform/errors.ts';
import { accessPlainStream } from '../../streams/access.ts';
import { highlightsOf } from './highlights.ts';
import type { MessageText } from './highlights.ts';
import { isUnavailable, openSearch, scopeOf } from './open-search.ts';
import type { SearchApp } from './open-search.ts';
import { findReadable, findVisibleEpochs, listMessageTexts } from './search-store.ts';
import type { ReadableStreams } from './search-store.ts';

/** Hits with highlights. Callers that ask for hundreds of hits are programs, which need none. */
const maxHighlighted = 50;

/**
 * Searches the epochs that the caller may see, by words and by meaning, best first. Without an embedder the search is by words alone, and
 * `mode` in the answer says so.
 */
export async function searchMemory(app: SearchApp, caller: UserCaller, input: MemoryQuery): Promise<MemoryHits> {
  const readable = await app.db.transaction(caller, async (tx) => {
    if (input.in !== undefined) await accessPlainStream(tx, caller, input.in, 'read');
    const found = await findReadable(tx, caller.userId, app.clock.now());
    if (!found) throw new AppError('not_found');
    return found;
  });
  const { hits, isDegraded } = await query(app, caller.workspaceId, readable, input);
  const items = await app.db.transaction(caller, async (tx) => {
    const ids = hits.map(({ id }) => id);
    const visible = await findVisibleEpochs(tx, caller.userId, ids);
    const messages = await listMessageTexts(tx, ids.filter((id) => visible.has(id)).slice(0, maxHighlighted));
    const wanted = new Set(termsOf(input.q));
    return hits.flatMap(({ id, score }): MemoryHit[] => {
      const found = visible.get(id);
      return found ? [{ kind: 'epoch', ...found, score, highlights: asHighlights(highlightsOf(messages.get(id) ?? [], wanted)) }] : [];
    });
  });
  return { items, mode: isDegraded ? 'keyword' : input.mode, memory: isDegraded ? 'behind' : readable.state };
}

const asHighlights = (messages: readonly MessageText[]): MemoryHit['highlights'] => messages as MemoryHit['highlights'];

async function query(app: SearchApp, workspaceId: string, readable: ReadableStreams, input: MemoryQuery): Promise<SearchAnswer> {
  const scope = {
    ...scopeOf(workspaceId, readable),
    // The caller's access to this stream was checked above.
    ...(input.in !== undefined && { readable: { publicToo: false, streamIds: [input.in] } }),
    ...(input.after !== undefined && { after: new Date(input.after) }),
    ...(input.before !== undefined && { before: new Date(input.before) }),
  };
  const { mode, q: text, limit } = input;
  try {
    const { index, embedder } = await openSearch(app, readable.model);
    if (embedder) return await searchIndex(index, embedder, { scope, mode, text, limit });
    const [hits = []] = await index.query(scope, [{ by: { keywords: keywordQuery(text) }, limit }]);
    return { hits, isDegraded: mode !== 'keyword' };
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    app.log.warn('Memory could not be searched', { error });
    throw new AppError('unavailable', 'The index of memory did not answer; nothing was lost. Try again.', { retryAfterSeconds: 5 });
  }
}
