import type { ListRelated, RelatedList } from '../../../contract/epoch.ts';
import { EpochId } from '../../../contract/ids.ts';
import { vectorOfNothing } from '../../embeddings/embedder.ts';
import type { App } from '../../platform/app.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { AppError } from '../../platform/errors.ts';
import { accessPlainStream } from '../../streams/access.ts';
import { accessEpoch } from '../epochs/access-epoch.ts';
import type { DraftBudget } from './draft-budget.ts';
import type { KnowledgeSource } from '../learning/knowledge.ts';
import { createRarity } from '../learning/rarity.ts';
import type { Rarity } from '../learning/rarity.ts';
import { chooseLinks, discountRejected } from '../links/choose-links.ts';
import { findCandidates } from '../links/find-candidates.ts';
import type { EpochCandidate } from '../links/find-candidates.ts';
import { countRejections, listRelatedOfEpoch, listVisibleRelated } from '../links/link-store.ts';
import { isUnavailable, openSearch, scopeOf } from '../search/open-search.ts';
import type { SearchApp } from '../search/open-search.ts';
import { findReadable } from '../search/search-store.ts';
import type { ReadableStreams } from '../search/search-store.ts';
import { findMemoryOfStream } from '../settings/memory-store.ts';

/** The parts of the app that the lists of related epochs use. */
export type RelatedApp = SearchApp & { readonly knowledge: KnowledgeSource; readonly draftBudget: DraftBudget };

/** Returns the related epochs of an epoch that the caller may see. */
export async function listEpochRelated(
  app: Pick<App, 'db' | 'clock'>,
  caller: UserCaller,
  input: Omit<ListRelated, 'text'> & { epochId: string },
): Promise<RelatedList> {
  return app.db.transaction(caller, async (tx) => {
    const { epoch } = await accessEpoch(tx, caller, input.epochId, 'read');
    const { state } = await findMemoryOfStream(tx, epoch.streamId, app.clock.now());
    const items = await listRelatedOfEpoch(tx, caller.userId, optionsOf(epoch.id, input));
    return { epochId: epoch.id, items, memory: state };
  });
}

/** Returns the related epochs of a draft, or of the newest epoch of a stream without one, that the caller may see. */
export async function listRelated(app: RelatedApp, caller: UserCaller, input: ListRelated & { streamId: string }): Promise<RelatedList> {
  const text = input.text ?? '';
  return text === '' ? listForNewestEpoch(app, caller, input) : listForDraft(app, caller, { ...input, text });
}

async function listForNewestEpoch(app: RelatedApp, caller: UserCaller, input: ListRelated & { streamId: string }): Promise<RelatedList> {
  return app.db.transaction(caller, async (tx) => {
    const { stream } = await accessPlainStream(tx, caller, input.streamId, 'read');
    const { epochId, state } = await findMemoryOfStream(tx, stream.id, app.clock.now());
    const items = epochId === undefined ? [] : await listRelatedOfEpoch(tx, caller.userId, optionsOf(epochId, input));
    return { epochId: epochId === undefined ? null : EpochId.parse(epochId), items, memory: state };
  });
}

const optionsOf = (epochId: string, { rejected, limit }: Omit<ListRelated, 'text'>) => ({
  epochId,
  withRejected: rejected === 'true',
  limit,
});

/** An outage of memory must not disturb the author of a draft: the answer is empty and says that memory is behind. */
async function listForDraft(
  app: RelatedApp,
  caller: UserCaller,
  { streamId, text, limit }: ListRelated & { streamId: string; text: string },
): Promise<RelatedList> {
  app.draftBudget.take(caller);
  const { readable, rarity } = await app.db.transaction(caller, async (tx) => {
    await accessPlainStream(tx, caller, streamId, 'read');
    const [found, knowledge] = await Promise.all([findReadable(tx, caller.userId, app.clock.now()), app.knowledge.newest(tx)]);
    if (!found) throw new AppError('not_found');
    return { readable: found, rarity: createRarity(knowledge) };
  });
  const near = await findNear(app, caller.workspaceId, { readable, rarity, text });
  if (!near) return { epochId: null, items: [], memory: 'behind' };
  if (near.length === 0) return { epochId: null, items: [], memory: readable.state };
  const items = await app.db.transaction(caller, async (tx) => {
    const rejections = await countRejections(
      tx,
      near.map(({ id }) => id),
    );
    const found = chooseLinks(near.map((one) => discountRejected(one, rejections)));
    return found.length === 0 ? [] : listVisibleRelated(tx, caller.userId, { found, limit });
  });
  return { epochId: null, items, memory: readable.state };
}

/** Candidates near a draft; undefined when the provider or the index is unavailable. */
async function findNear(
  app: RelatedApp,
  workspaceId: string,
  { readable, rarity, text }: { readable: ReadableStreams; rarity: Rarity; text: string },
): Promise<EpochCandidate[] | undefined> {
  try {
    const { index, embedder } = await openSearch(app, readable.model);
    // Without an embedder for this index, only the words are compared.
    const [vector] = embedder ? await embedder.embed([text], 'query') : [];
    return await findCandidates(index, {
      scope: scopeOf(workspaceId, readable),
      text,
      vector: vector ?? vectorOfNothing(index.dimension),
      isOffline: embedder === undefined || embedder.isOffline,
      rarityOf: rarity.ofIndex,
    });
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    app.log.warn('The related epochs of a draft could not be found', { error });
    return undefined;
  }
}
