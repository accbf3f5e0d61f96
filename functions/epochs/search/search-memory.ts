import type { MemoryHit, MemoryHits, MemoryQuery } from '../../../contract/epoch.ts';
import { keywordQuery } from '../../embeddings/keyword-vector.ts';
import { searchIndex } from '../../embeddings/search-index.ts';
import type { SearchAnswer } from '../../embeddings/search-index.ts';
import { termsOf } from '../../embeddings/words.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { AppError } from '../../platform/errors.ts';
import { accessPlainStream } from '../../streams/access.ts';
import { isAway, openAsked, scopeOf } from './open-search.ts';
import type { AskApp } from './open-search.ts';
import { highlightsOf } from './highlights.ts';
import type { Spoken } from './highlights.ts';
import { findReadable } from '../settings/status-store.ts';
import type { ReadableStreams } from '../settings/status-store.ts';
import { findVisibleEpochs, listSpokenIn } from './search-store.ts';

/** Hits beyond these come without their highlights: who asks for hundreds goes through them by program. */
const maxHighlighted = 50;

/**
 * Epochs that hold the words or mean the same, best first, that the caller may see. When no embeddings are to be had, they are found by
 * words alone, and the answer says so.
 */
export async function searchMemory(app: AskApp, caller: UserCaller, input: MemoryQuery): Promise<MemoryHits> {
  const readable = await app.db.transaction(caller.workspaceId, async (tx) => {
    if (input.in !== undefined) await accessPlainStream(tx, caller, input.in, 'read');
    const found = await findReadable(tx, caller.userId, app.clock.now());
    if (!found) throw new AppError('not_found');
    return found;
  });
  const { hits, isDegraded } = await ask(app, caller.workspaceId, readable, input);
  const items = await app.db.transaction(caller.workspaceId, async (tx) => {
    const ids = hits.map(({ id }) => id);
    const visible = await findVisibleEpochs(tx, caller.userId, ids);
    const spoken = await listSpokenIn(tx, ids.filter((id) => visible.has(id)).slice(0, maxHighlighted));
    const wanted = new Set(termsOf(input.q));
    return hits.flatMap(({ id, score }): MemoryHit[] => {
      const found = visible.get(id);
      return found ? [{ kind: 'epoch', ...found, score, highlights: asHighlights(highlightsOf(spoken.get(id) ?? [], wanted)) }] : [];
    });
  });
  return { items, mode: isDegraded ? 'keyword' : input.mode, memory: isDegraded ? 'behind' : readable.state };
}

const asHighlights = (spoken: readonly Spoken[]): MemoryHit['highlights'] => spoken as MemoryHit['highlights'];

async function ask(app: AskApp, workspaceId: string, readable: ReadableStreams, input: MemoryQuery): Promise<SearchAnswer> {
  const scope = {
    ...scopeOf(workspaceId, readable),
    // What is asked of one stream that the caller may read is asked of that one only.
    ...(input.in !== undefined && { readable: { publicToo: false, streamIds: [input.in] } }),
    ...(input.after !== undefined && { after: new Date(input.after) }),
    ...(input.before !== undefined && { before: new Date(input.before) }),
  };
  const { mode, q: text, limit } = input;
  try {
    const { index, embedder } = await openAsked(app, readable.model);
    if (embedder) return await searchIndex(index, embedder, { scope, mode, text, limit });
    const [hits = []] = await index.ask(scope, [{ by: { keywords: keywordQuery(text) }, limit }]);
    return { hits, isDegraded: mode !== 'keyword' };
  } catch (error) {
    if (!isAway(error)) throw error;
    app.log.warn('Memory could not be searched', { error });
    throw new AppError('unavailable', 'The index of memory did not answer; nothing was lost. Try again.', { retryAfterSeconds: 5 });
  }
}
